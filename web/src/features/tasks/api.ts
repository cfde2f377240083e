import { answerOf, client } from '@/shared/api/client'
import type { components } from '@/shared/api/schema'
import type { Page } from '@/shared/api/types'

type Schemas = components['schemas']

export type Task = Schemas['TaskOut']
export type TaskCounts = Schemas['TaskCounts']
export type DueGroup = Task['due_group']

export function listTasks(q: string, cursor: string | null, signal: AbortSignal): Promise<Page<Task>> {
  const query = { q, limit: 50, ...(cursor === null ? {} : { cursor }) }
  return answerOf(client.GET('/api/v1/tasks', { params: { query }, signal }))
}

export function countTasks(q: string, signal: AbortSignal): Promise<TaskCounts> {
  return answerOf(client.GET('/api/v1/tasks/counts', { params: { query: { q } }, signal }))
}

export async function completeTask(id: string, completed: boolean): Promise<void> {
  const params = { path: { card_id: id } }
  await answerOf(client.PATCH('/api/v1/cards/{card_id}', { params, body: { completed } }))
}
