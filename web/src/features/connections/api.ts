import { answerOf, client } from '@/shared/api/client'
import { newKey } from '@/shared/api'
import type { components } from '@/shared/api/schema'

type Schemas = components['schemas']

export type Connection = Schemas['ConnectionOut']
export type NewConnection = Schemas['ConnectionNew']
export type ConnectionEdit = Schemas['ConnectionEdit']

export async function listConnections(signal?: AbortSignal): Promise<Connection[]> {
  return (await answerOf(client.GET('/api/v1/job-connections', { signal }))).items
}

export function addConnection(body: NewConnection): Promise<Connection> {
  const headers = { 'Idempotency-Key': newKey() }
  return answerOf(client.POST('/api/v1/job-connections', { body, headers }))
}

const of = (id: string) => ({ params: { path: { connection_id: id } } })

export function editConnection(id: string, body: ConnectionEdit): Promise<Connection> {
  return answerOf(client.PATCH('/api/v1/job-connections/{connection_id}', { ...of(id), body }))
}

export async function deleteConnection(id: string): Promise<void> {
  await answerOf(client.DELETE('/api/v1/job-connections/{connection_id}', of(id)))
}
