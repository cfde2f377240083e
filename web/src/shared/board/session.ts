import {
  ApiProblem,
  api,
  getAccessToken,
  isTransient,
  refreshSession,
  send,
  type Snapshot,
} from '@/shared/api'
import { BoardSession, type BoardListener } from '@/shared/sync/board-session'
import type { Send } from '@/shared/sync/command-queue'
import { deviceQueue } from '@/shared/sync/queue-store'

/** The address of the API for sockets. */
export function socketRoot(): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return `${scheme}://${location.host}/api/v1`
}

const sendCommand: Send = async ({ method, path, body }, op) => {
  try {
    const idempotencyKey = method === 'POST' ? op : undefined
    const { data, seq } = await send(method, path, { body, op, idempotencyKey })
    return { outcome: 'done', body: data, seq }
  } catch (error) {
    // A session that ended keeps its queue for the next sign-in.
    const signedOut = error instanceof ApiProblem && error.status === 401
    if (signedOut || isTransient(error)) {
      return {
        outcome: 'retry',
        afterSeconds: error instanceof ApiProblem ? error.retryAfter : null,
      }
    }
    if (error instanceof ApiProblem) {
      return { outcome: 'refused', status: error.status, conflicts: error.conflicts, error }
    }
    const unknown = error instanceof Error ? error : new Error(String(error))
    return { outcome: 'refused', status: 0, conflicts: [], error: unknown }
  }
}

/** A session on a board for an account, or for a share link where a token is given. */
export function openSession(
  boardId: string,
  userId: string | null,
  shareToken: string | null,
  listener: BoardListener,
): BoardSession {
  return new BoardSession({
    boardId,
    userId,
    root: socketRoot(),
    token: () => shareToken ?? getAccessToken(),
    refresh: async () => shareToken === null && (await refreshSession()) !== null,
    readSnapshot: () =>
      api.get<Snapshot>(`/boards/${boardId}`, shareToken === null ? {} : { token: shareToken }),
    send: sendCommand,
    store: deviceQueue,
    listener,
  })
}
