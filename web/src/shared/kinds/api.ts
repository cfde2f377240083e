import { answerOf, client } from '@/shared/api/client'
import type { components } from '@/shared/api/schema'
import type { Page } from '@/shared/api/types'

type Schemas = components['schemas']

export type JobKind = Schemas['KindOut']
export type Job = Schemas['JobOut']
export type NewJob = Schemas['JobNew']
export type ConnectionChoice = Schemas['ConnectionChoice']

export async function listJobKinds(signal?: AbortSignal): Promise<JobKind[]> {
  return (await answerOf(client.GET('/api/v1/job-kinds', { signal }))).items
}

/** A repeated attempt with the same key starts no second job. */
export function submitJob(body: NewJob, key: string): Promise<Job> {
  const headers = { 'Idempotency-Key': key }
  return answerOf(client.POST('/api/v1/jobs', { body, headers }))
}

export function readJob(id: string, signal?: AbortSignal): Promise<Job> {
  const params = { path: { job_id: id } }
  return answerOf(client.GET('/api/v1/jobs/{job_id}', { params, signal }))
}

/** The newest jobs of one person. */
export async function listJobsOf(owner: string, signal?: AbortSignal): Promise<Job[]> {
  const query = { owner, limit: 100 }
  const call = client.GET('/api/v1/jobs', { params: { query }, signal })
  return ((await answerOf(call)) as Page<Job>).items
}

/** What a database query may be asked of, by those who may ask. */
export async function listConnectionChoices(signal?: AbortSignal): Promise<ConnectionChoice[]> {
  return (await answerOf(client.GET('/api/v1/job-connections/choices', { signal }))).items
}
