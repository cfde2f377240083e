import { answerOf, client } from '@/shared/api/client'
import type { components } from '@/shared/api/schema'

type Schemas = components['schemas']

export type Queue = Schemas['QueueOut']
export type Worker = Schemas['WorkerOut']
export type JobStats = Schemas['StatsOut']

export async function listQueues(signal?: AbortSignal): Promise<Queue[]> {
  return (await answerOf(client.GET('/api/v1/queues', { signal }))).items
}

export async function pauseQueue(name: string, reason: string | null): Promise<void> {
  const params = { path: { name } }
  await answerOf(client.POST('/api/v1/queues/{name}/pause', { params, body: { reason } }))
}

export async function resumeQueue(name: string): Promise<void> {
  await answerOf(client.POST('/api/v1/queues/{name}/resume', { params: { path: { name } } }))
}

export async function listWorkers(signal?: AbortSignal): Promise<Worker[]> {
  return (await answerOf(client.GET('/api/v1/workers', { signal }))).items
}

const of = (id: string) => ({ params: { path: { worker_id: id } } })

export async function drainWorker(id: string): Promise<void> {
  await answerOf(client.POST('/api/v1/workers/{worker_id}/drain', of(id)))
}

export async function keepWorker(id: string): Promise<void> {
  await answerOf(client.POST('/api/v1/workers/{worker_id}/resume', of(id)))
}

export function readStats(days: number, signal?: AbortSignal): Promise<JobStats> {
  return answerOf(client.GET('/api/v1/jobs/stats', { params: { query: { days } }, signal }))
}
