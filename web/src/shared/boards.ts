import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

import { listBoards, setBoardStar, type BoardState } from './api/boards'
import type { Board } from './api/types'
import { currentLocale } from './i18n'
import { apiMessage } from './messages'
import { toast } from './ui/toast'

const keyOf = (state: BoardState) => ['boards', state]

/** Starred boards first, then by name in the user's alphabet. */
export function sortBoards(boards: readonly Board[], locale: string): Board[] {
  const { compare } = new Intl.Collator(locale, { numeric: true })
  return [...boards].sort(
    (a, b) => Number(b.starred) - Number(a.starred) || compare(a.name, b.name),
  )
}

/** The user's boards of one kind, shared by everything that shows them. */
export function useBoards(state: MaybeRefOrGetter<BoardState> = 'active') {
  const query = useQuery({
    key: () => keyOf(toValue(state)),
    // The entry's own key: by the time it is read again, the page may have turned to another state.
    query: ({ signal, entry }) => listBoards(entry.key[1] as BoardState, signal),
    staleTime: 30_000,
  })
  const boards = computed(() => sortBoards(query.data.value ?? [], currentLocale()))
  return { ...query, boards }
}

/** Changes to the shared lists of boards, from this page or from the user's live channel. */
export function useBoardLists() {
  const cache = useQueryCache()

  /** A reading that a newer one overtakes is given up, which is no failure. */
  function readAgain(key: string[]): void {
    cache.invalidateQueries({ key }).catch(() => undefined)
  }

  function apply(changed: readonly Board[], removed: readonly string[]): void {
    const active = cache.get(keyOf('active'))
    const isReading = active?.asyncStatus.value === 'loading'
    const before = cache.getQueryData<Board[]>(keyOf('active'))
    if (before !== undefined) {
      const byId = new Map(before.map((board) => [board.id, board]))
      for (const id of removed) byId.delete(id)
      for (const board of changed) {
        if (board.archived_at === null) byId.set(board.id, board)
        else byId.delete(board.id)
      }
      cache.setQueryData(keyOf('active'), [...byId.values()])
    }
    // What is being read now may be from before the change.
    if (isReading) readAgain(keyOf('active'))
    readAgain(keyOf('archived'))
    readAgain(keyOf('trash'))
  }

  function refresh(): void {
    readAgain(['boards'])
  }

  async function star(board: Board): Promise<void> {
    const next = { ...board, starred: !board.starred }
    apply([next], [])
    try {
      await setBoardStar(board.id, next.starred)
    } catch (error) {
      apply([board], [])
      toast(apiMessage(error), { tone: 'error' })
    }
  }

  return { apply, refresh, star }
}
