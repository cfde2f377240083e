import { NetworkError } from './problem'
import type { SignedIn } from './types'

export const apiRoot = '/api/v1'

// In memory only, so that a script that got into the page finds no token in storage.
let accessToken: string | null = null
let refreshing: Promise<SignedIn | null> | null = null
const onSession = new Set<(session: SignedIn | null) => void>()

export function getAccessToken(): string | null {
  return accessToken
}

/** Takes a new session, or null when it has ended, and tells everyone who listens. */
export function setSession(session: SignedIn | null): void {
  accessToken = session?.access_token ?? null
  for (const listener of onSession) listener(session)
}

export function onSessionChange(listener: (session: SignedIn | null) => void): () => void {
  onSession.add(listener)
  return () => onSession.delete(listener)
}

async function fetchOrThrow(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new NetworkError('The server cannot be reached.', { cause: error })
  }
}

async function askForSession(): Promise<SignedIn | null> {
  const response = await fetchOrThrow(
    new Request(`${location.origin}${apiRoot}/auth/refresh`, { method: 'POST' }),
  )
  if (response.status >= 500 || response.status === 429) {
    throw new NetworkError('The session could not be renewed.')
  }
  const session = response.ok ? ((await response.json()) as SignedIn) : null
  setSession(session)
  return session
}

/** One tab at a time: two that present the same refresh cookie would look like a theft of it. */
async function askInTurn(): Promise<SignedIn | null> {
  // Missing on plain-http origins other than localhost.
  const locks = navigator.locks as LockManager | null | undefined
  if (locks == null) return askForSession()
  return await locks.request('taskly.refresh', askForSession)
}

/** Renews the access token by the refresh cookie; callers at the same time share one request. */
export function refreshSession(): Promise<SignedIn | null> {
  refreshing ??= askInTurn().finally(() => {
    refreshing = null
  })
  return refreshing
}

/**
 * `fetch` with the access token. A 401 renews the token and tries once more; a request that
 * brings its own Authorization (a share link) is left alone.
 */
export async function authorizedFetch(request: Request): Promise<Response> {
  if (request.headers.has('authorization')) return fetchOrThrow(request)
  const sent = accessToken
  const attempt = sent === null ? null : request.clone()
  attempt?.headers.set('authorization', `Bearer ${sent}`)
  const response = await fetchOrThrow(attempt ?? request.clone())
  if (response.status !== 401 || request.url.includes(`${apiRoot}/auth/log`)) return response
  // Another request may have renewed the token while this one was under way.
  if (accessToken === null || accessToken === sent) {
    if ((await refreshSession()) === null) return response
  }
  const again = request.clone()
  again.headers.set('authorization', `Bearer ${accessToken ?? ''}`)
  return fetchOrThrow(again)
}
