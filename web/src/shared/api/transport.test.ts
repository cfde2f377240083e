import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ApiProblem, isTransient, NetworkError } from './problem'
import { send } from './request'
import { getAccessToken, refreshSession, setSession } from './transport'
import type { SignedIn, User } from './types'

const user = { id: '1', username: 'ada' } as User
const session = (token: string): SignedIn => ({
  access_token: token,
  token_type: 'bearer',
  expires_in: 900,
  user,
})

type Answer = (request: Request) => Response | Promise<Response>

const original = globalThis.fetch
let seen: Request[] = []

/** A server in a function, in place of the network. */
function serve(answer: Answer): void {
  globalThis.fetch = (input) => {
    const request = input as Request
    seen.push(request)
    return Promise.resolve(answer(request))
  }
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
const refreshes = () => seen.filter((request) => request.url.endsWith('/auth/refresh')).length

beforeEach(() => {
  seen = []
  setSession(null)
})
afterEach(() => {
  globalThis.fetch = original
})

describe('a request', () => {
  it('carries the access token, the operation and the idempotency key', async () => {
    setSession(session('first'))
    serve(() => json({ id: '1' }, 201, { 'taskly-seq': '7' }))
    const answer = await send('POST', '/cards', {
      body: { title: 'Tea' },
      op: 'op-1',
      idempotencyKey: 'key-1',
    })
    expect(answer.seq).toBe(7)
    const headers = seen[0]?.headers
    expect(headers?.get('authorization')).toBe('Bearer first')
    expect(headers?.get('taskly-op')).toBe('op-1')
    expect(headers?.get('idempotency-key')).toBe('key-1')
    expect(await seen[0]?.json()).toEqual({ title: 'Tea' })
  })

  it('is sent again with a new token after a 401, body included', async () => {
    setSession(session('old'))
    serve((request) => {
      if (request.url.endsWith('/auth/refresh')) return json(session('new'))
      return request.headers.get('authorization') === 'Bearer new'
        ? json({ ok: true })
        : json({ code: 'unauthenticated' }, 401)
    })
    const { data } = await send<{ ok: boolean }>('POST', '/boards', { body: { name: 'A' } })
    expect(data.ok).toBe(true)
    expect(await seen.at(-1)?.json()).toEqual({ name: 'A' })
  })

  it('shares one renewal with all others that were refused at the same time', async () => {
    setSession(session('old'))
    serve(async (request) => {
      await Promise.resolve()
      if (request.url.endsWith('/auth/refresh')) return json(session('new'))
      return request.headers.get('authorization') === 'Bearer new'
        ? json([])
        : json({ code: 'unauthenticated' }, 401)
    })
    await Promise.all(['/boards', '/users', '/cards'].map((path) => send('GET', path)))
    expect(refreshes()).toBe(1)
    expect(getAccessToken()).toBe('new')
  })

  it('gives the refusal when the session has ended', async () => {
    setSession(session('old'))
    serve(() => json({ code: 'unauthenticated', detail: 'Sign in.' }, 401))
    await expect(send('GET', '/boards')).rejects.toMatchObject({ status: 401 })
    expect(getAccessToken()).toBeNull()
    expect(refreshes()).toBe(1)
  })

  it('with a share token never touches the session', async () => {
    serve(() => json({ code: 'unauthenticated' }, 401))
    await expect(send('GET', '/boards/1', { token: 'share' })).rejects.toBeInstanceOf(ApiProblem)
    expect(refreshes()).toBe(0)
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer share')
  })

  it('does not renew anything because of a wrong password', async () => {
    serve(() => json({ code: 'bad_credentials' }, 401))
    await expect(send('POST', '/auth/login', { body: {} })).rejects.toMatchObject({
      code: 'bad_credentials',
    })
    expect(refreshes()).toBe(0)
  })
})

describe('a failure', () => {
  it('brings the fields that were refused', async () => {
    serve(() =>
      json(
        { code: 'invalid', errors: [{ field: 'body.email', code: 'bad', message: 'Not one.' }] },
        422,
      ),
    )
    const error: unknown = await send('POST', '/auth/register', { body: {} }).catch(
      (problem: unknown) => problem,
    )
    expect((error as ApiProblem).field('email')).toBe('Not one.')
    expect((error as ApiProblem).field('username')).toBeUndefined()
  })

  it('of the network is told apart from a refusal', async () => {
    globalThis.fetch = () => Promise.reject(new TypeError('Failed to fetch'))
    const error: unknown = await send('GET', '/boards').catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(NetworkError)
    expect(isTransient(error)).toBe(true)
  })

  it('of a server that is away does not end the session', async () => {
    setSession(session('kept'))
    serve(() => new Response('<html>Bad gateway</html>', { status: 502 }))
    await expect(refreshSession()).rejects.toBeInstanceOf(NetworkError)
    expect(getAccessToken()).toBe('kept')
  })

  it('says how long to wait', async () => {
    serve(() => json({ code: 'too_many' }, 429, { 'retry-after': '12' }))
    await expect(send('GET', '/boards')).rejects.toMatchObject({ retryAfter: 12, status: 429 })
  })
})
