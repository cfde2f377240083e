import { answerOf, client } from '@/shared/api/client'
import { newKey } from '@/shared/new-key'
import type { components } from '@/shared/api/schema'
import { apiRoot, authorizedFetch } from '@/shared/api/transport'
import { problemFrom } from '@/shared/api/problem'
import type { Page } from '@/shared/api/types'

type Schemas = components['schemas']

export type Job = Schemas['JobOut']
export type JobState = Job['state']
export type JobAttempt = Schemas['AttemptOut']
export type JobFile = Schemas['FileOut']
export type BulkAction = Schemas['Bulk']['action']
export type BulkOutcome = Schemas['BulkOne']
export type LogLine = Schemas['LogLineOut']

export interface JobsQuery {
  states: JobState[]
  q: string
  cardId?: string | undefined
  kind?: string | undefined
  queue?: string | undefined
  owner?: string | undefined
  createdAfter?: string | undefined
  finishedAfter?: string | undefined
}

export async function listJobs(
  query: JobsQuery,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<Page<Job>> {
  const params = {
    query: {
      limit: 50,
      ...(query.states.length ? { state: query.states } : {}),
      ...(query.q ? { q: query.q } : {}),
      ...(query.cardId === undefined ? {} : { card_id: query.cardId }),
      ...(query.kind === undefined ? {} : { kind: [query.kind] }),
      ...(query.queue === undefined ? {} : { queue: query.queue }),
      ...(query.owner === undefined ? {} : { owner: query.owner }),
      ...(query.createdAfter === undefined ? {} : { created_after: query.createdAfter }),
      ...(query.finishedAfter === undefined ? {} : { finished_after: query.finishedAfter }),
      ...(cursor === null ? {} : { cursor }),
    },
  }
  return answerOf(client.GET('/api/v1/jobs', { params, signal }))
}

const of = (id: string) => ({ params: { path: { job_id: id } } })

export function readJob(id: string, signal?: AbortSignal): Promise<Job> {
  return answerOf(client.GET('/api/v1/jobs/{job_id}', { ...of(id), signal }))
}

export async function listAttempts(id: string, signal?: AbortSignal): Promise<JobAttempt[]> {
  return (await answerOf(client.GET('/api/v1/jobs/{job_id}/attempts', { ...of(id), signal }))).items
}

export async function listFiles(id: string, signal?: AbortSignal): Promise<JobFile[]> {
  return (await answerOf(client.GET('/api/v1/jobs/{job_id}/files', { ...of(id), signal }))).items
}

export function cancelJob(id: string): Promise<Job> {
  return answerOf(client.POST('/api/v1/jobs/{job_id}/cancel', of(id)))
}

export function retryJob(id: string): Promise<Job> {
  const headers = { 'Idempotency-Key': newKey() }
  return answerOf(client.POST('/api/v1/jobs/{job_id}/retry', { ...of(id), headers }))
}

export async function deleteJob(id: string): Promise<void> {
  await answerOf(client.DELETE('/api/v1/jobs/{job_id}', of(id)))
}

/** As many as one call of the server takes. */
const bulkMost = 100

/** One action on many jobs, each with its own outcome. */
export async function changeJobs(action: BulkAction, ids: string[]): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = []
  for (let at = 0; at < ids.length; at += bulkMost) {
    const body = { action, ids: ids.slice(at, at + bulkMost) }
    const headers = { 'Idempotency-Key': newKey() }
    outcomes.push(...(await answerOf(client.POST('/api/v1/jobs/bulk', { body, headers }))).items)
  }
  return outcomes
}

/** What a path below jobs answers that has no typed client; such paths need the session's token. */
async function fetchOf(
  path: string,
  accept: string,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Response> {
  const request = new Request(new URL(`${apiRoot}/jobs/${path}`, location.origin), {
    headers: { accept, ...headers },
    signal: signal ?? null,
  })
  const response = await authorizedFetch(request)
  if (!response.ok) {
    throw problemFrom(response.status, await response.text(), (name) => response.headers.get(name))
  }
  return response
}

/** An address of a file that needs no header, for players and for the browser to keep it. */
export async function linkFile(id: string, file: string, signal?: AbortSignal): Promise<string> {
  const params = { path: { job_id: id, file } }
  return (await answerOf(client.GET('/api/v1/jobs/{job_id}/files/{file}/link', { params, signal }))).url
}

/** The first bytes of a file as text. */
export async function fetchStart(
  id: string,
  file: JobFile,
  most: number,
  signal?: AbortSignal,
): Promise<string> {
  const range = { range: `bytes=0-${most - 1}` }
  return (await fetchOf(`${id}/files/${file.id}`, '*/*', signal, range)).text()
}

export async function fetchLogText(id: string): Promise<Blob> {
  return (await fetchOf(`${id}/logs`, 'text/plain')).blob()
}

/** The stream of a log from an offset on, or of its last lines; it ends with the job. */
export async function streamLog(
  id: string,
  after: number,
  signal: AbortSignal,
  tail?: number,
): Promise<ReadableStream<Uint8Array>> {
  const last = tail === undefined ? '' : `&tail=${tail}`
  const response = await fetchOf(`${id}/logs?after=${after}${last}`, 'text/event-stream', signal)
  if (!response.body) throw new TypeError('no stream')
  return response.body
}
