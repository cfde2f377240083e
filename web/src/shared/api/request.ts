import { currentLocale } from '@/shared/i18n'

import { problemFrom } from './problem'
import { apiRoot, authorizedFetch } from './transport'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

export interface RequestOptions {
  body?: unknown
  query?: Record<string, string | number | boolean | null | undefined>
  signal?: AbortSignal
  /** Comes back as `op` in the event, so that a client knows its own change. */
  op?: string
  /** Makes a repeated POST answer as the first one did. */
  idempotencyKey?: string
  /** At least this state of the board is read. */
  minSeq?: number
  /** Used instead of the session, for share links. */
  token?: string
}

export interface Answer<T> {
  data: T
  /** The board's seq that includes this write. */
  seq: number | null
  headers: Headers
}

function urlOf(path: string, query: RequestOptions['query']): string {
  const url = new URL(apiRoot + path, location.origin)
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined) url.searchParams.set(name, String(value))
  }
  return url.href
}

/** Sends one request and gives the answer with its headers; throws ApiProblem or NetworkError. */
export async function send<T>(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<Answer<T>> {
  const headers = new Headers({
    accept: 'application/json',
    'accept-language': currentLocale(),
  })
  if (options.body !== undefined) headers.set('content-type', 'application/json')
  if (options.op !== undefined) headers.set('taskly-op', options.op)
  if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey)
  if (options.minSeq !== undefined) headers.set('taskly-min-seq', String(options.minSeq))
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`)
  const response = await authorizedFetch(
    new Request(urlOf(path, options.query), {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
    }),
  )
  if (!response.ok) {
    throw problemFrom(response.status, await response.text(), (name) => response.headers.get(name))
  }
  const data = (response.status === 204 ? undefined : await response.json()) as T
  const seq = response.headers.get('taskly-seq')
  return { data, seq: seq === null ? null : Number(seq), headers: response.headers }
}

const unwrap =
  (method: Method) =>
  async <T>(path: string, options?: RequestOptions): Promise<T> =>
    (await send<T>(method, path, options)).data

/** The usual calls, when only the body of the answer matters. */
export const api = {
  get: unwrap('GET'),
  post: unwrap('POST'),
  patch: unwrap('PATCH'),
  put: unwrap('PUT'),
  delete: unwrap('DELETE'),
}
