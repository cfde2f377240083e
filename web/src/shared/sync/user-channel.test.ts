import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { UserChannel } from './user-channel'
import type { ServerMessage } from './wire'

/** The browser's end of a socket, with the server's end in the hands of the test. */
class ScriptedSocket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly sent: unknown[] = []
  closed = false

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }

  close(): void {
    this.closed = true
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('asks again for the own stream after the server was too busy to open it', async () => {
  const sockets: ScriptedSocket[] = []
  const stale = vi.fn()
  const channel = new UserChannel({
    root: '/api/v1',
    token: () => 't',
    refresh: () => Promise.resolve(true),
    onBoards: () => undefined,
    onStale: stale,
    platform: {
      open: () => {
        const socket = new ScriptedSocket()
        sockets.push(socket)
        return socket as unknown as WebSocket
      },
      random: () => 1,
    },
  })
  channel.start()
  sockets[0]?.onopen?.()
  sockets[0]?.say({ type: 'error', code: 'busy', channel: 'user' })
  expect(sockets[0]?.closed).toBe(true)

  await vi.advanceTimersByTimeAsync(500)
  sockets[1]?.onopen?.()
  sockets[1]?.say({ type: 'ready', seq: 7, channel: 'user' })

  expect(sockets[1]?.sent.at(-1)).toEqual({ type: 'subscribe', channel: 'user' })
  expect(stale).toHaveBeenCalledOnce()
  channel.stop()
})
