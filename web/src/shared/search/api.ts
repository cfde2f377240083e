import { answerOf, client } from '@/shared/api/client'
import type { components } from '@/shared/api/schema'
import type { Page } from '@/shared/api/types'

type Schemas = components['schemas']

export type Found = Schemas['FoundOut']
export type FoundType = Found['type']
export type FoundPart = Schemas['Part']

export interface Search {
  q: string
  types?: FoundType[]
  boardId?: string
  limit?: number
  cursor?: string | null
}

/** Cards, comments, boards and jobs that have every word, whole or in part. */
export function searchFor(wanted: Search, signal?: AbortSignal): Promise<Page<Found>> {
  const query = {
    q: wanted.q,
    limit: wanted.limit ?? 20,
    ...(wanted.types?.length ? { type: wanted.types } : {}),
    ...(wanted.boardId === undefined ? {} : { board_id: [wanted.boardId] }),
    ...(wanted.cursor ? { cursor: wanted.cursor } : {}),
  }
  return answerOf(client.GET('/api/v1/search', { params: { query }, signal }))
}
