import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import type { FoundType } from '@/shared/search/api'

export const types: readonly FoundType[] = ['card', 'comment', 'board', 'job']
export const longestQuery = 200

/** What the address of the search page asks for. */
export interface Asked {
  q: string
  types: FoundType[]
  boardId: string
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Reads the address; what makes no sense there is left out. */
export function askedIn(query: LocationQuery): Asked {
  const [q = ''] = [query.q].flat()
  const [board = ''] = [query.board].flat()
  const wanted = [query.type].flat()
  return {
    q: (q ?? '').slice(0, longestQuery),
    types: types.filter((type) => wanted.includes(type)),
    boardId: uuid.test(board ?? '') ? (board ?? '') : '',
  }
}

/** The address of a search, without what is not asked. */
export function queryOf(asked: Asked): LocationQueryRaw {
  return {
    q: asked.q === '' ? undefined : asked.q,
    type: asked.types.length === 0 ? undefined : asked.types,
    board: asked.boardId === '' ? undefined : asked.boardId,
  }
}
