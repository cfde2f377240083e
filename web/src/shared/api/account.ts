import { answerOf, client } from './client'
import type { components } from './schema'
import type { AuthConfig, SessionInfo, SignedIn, User } from './types'

type Schemas = components['schemas']

export function readAuthConfig(): Promise<AuthConfig> {
  return answerOf(client.GET('/api/v1/auth/config'))
}

export function register(body: Schemas['Registration']): Promise<User> {
  return answerOf(client.POST('/api/v1/auth/register', { body }))
}

export function logIn(body: Schemas['LogIn']): Promise<SignedIn> {
  return answerOf(client.POST('/api/v1/auth/login', { body }))
}

export async function logOut(): Promise<void> {
  await answerOf(client.POST('/api/v1/auth/logout'))
}

export async function logOutEverywhere(): Promise<void> {
  await answerOf(client.POST('/api/v1/auth/logout-all'))
}

export function editMe(body: Schemas['MeEdit']): Promise<User> {
  return answerOf(client.PATCH('/api/v1/auth/me', { body }))
}

export async function changePassword(current: string, next: string): Promise<void> {
  const body = { current_password: current, new_password: next }
  await answerOf(client.POST('/api/v1/auth/password', { body }))
}

export async function listSessions(): Promise<SessionInfo[]> {
  return (await answerOf(client.GET('/api/v1/auth/sessions'))).items
}

export async function endSession(id: string): Promise<void> {
  const params = { path: { session_id: id } }
  await answerOf(client.DELETE('/api/v1/auth/sessions/{session_id}', { params }))
}
