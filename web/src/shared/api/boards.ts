import { newKey } from '@/shared/new-key'

import { answerOf, client } from './client'
import type { Board, Category, Color, Page } from './types'

export type BoardState = 'active' | 'archived' | 'trash'

const pageSize = 100
const mostPages = 50

/** Every board of one kind that the user may see. */
export async function listBoards(state: BoardState, signal?: AbortSignal): Promise<Board[]> {
  const boards: Board[] = []
  let cursor: string | null = null
  for (let page = 0; page < mostPages; page += 1) {
    const query = { state, limit: pageSize, ...(cursor === null ? {} : { cursor }) }
    const call = client.GET('/api/v1/boards', { params: { query }, signal })
    const answer = (await answerOf(call)) as Page<Board>
    boards.push(...answer.items)
    cursor = answer.next
    if (cursor === null) break
  }
  return boards
}

export interface NewBoard {
  name: string
  color: Color
  lists: { name: string; category: Category }[]
}

/** Makes a board with its first lists; a repeated attempt with the same key makes no second one. */
export async function createBoard(board: NewBoard, key = newKey()): Promise<Board> {
  const created = await answerOf(
    client.POST('/api/v1/boards', {
      body: { name: board.name, color: board.color },
      headers: { 'Idempotency-Key': key },
    }),
  )
  // In turn, so that they stand in this order.
  for (const [index, list] of board.lists.entries()) {
    await answerOf(
      client.POST('/api/v1/lists', {
        body: { board_id: created.id, ...list },
        headers: { 'Idempotency-Key': `${key}-${index}` },
      }),
    )
  }
  return created as Board
}

const one = (id: string) => ({ path: { board_id: id } })

export async function setBoardStar(id: string, starred: boolean): Promise<void> {
  const params = one(id)
  await answerOf(
    starred
      ? client.PUT('/api/v1/boards/{board_id}/star', { params })
      : client.DELETE('/api/v1/boards/{board_id}/star', { params }),
  )
}

export async function setBoardArchived(id: string, archived: boolean): Promise<void> {
  await answerOf(
    client.PATCH('/api/v1/boards/{board_id}', { params: one(id), body: { archived } }),
  )
}

export async function deleteBoard(id: string): Promise<void> {
  await answerOf(client.DELETE('/api/v1/boards/{board_id}', { params: one(id) }))
}

export async function restoreBoard(id: string): Promise<void> {
  await answerOf(client.POST('/api/v1/boards/{board_id}/restore', { params: one(id) }))
}
