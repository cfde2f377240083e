import { answerOf, client } from './client'
import type { Page, Person, User } from './types'

export function findPeople(
  q: string,
  cursor: string | null = null,
  signal?: AbortSignal,
): Promise<Page<Person>> {
  const query = {
    limit: 50,
    ...(q === '' ? {} : { q }),
    ...(cursor === null ? {} : { cursor }),
  }
  return answerOf(client.GET('/api/v1/users', { params: { query }, signal }))
}

export function setUserActive(id: string, active: boolean): Promise<User> {
  const params = { path: { user_id: id } }
  return answerOf(
    client.PATCH('/api/v1/users/{user_id}', { params, body: { is_active: active } }),
  )
}
