import { computed, inject, provide, type InjectionKey, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import type { CardFace } from '@/shared/api'
import { useOpenBoard } from '@/shared/board/open-board'

import { filterFromQuery, filterSize, filterToQuery, matcher, type CardFilter } from './filter'

type Matcher = ((card: CardFace) => boolean) | null

const key: InjectionKey<Ref<Matcher>> = Symbol('card filter')

/** The board's filter, kept in the address so that it can be shared and survives a reload. */
export function useBoardFilter() {
  const route = useRoute()
  const router = useRouter()
  const store = useOpenBoard()

  const filter = computed({
    get: () => filterFromQuery(route.query),
    set: (next: CardFilter) => {
      void router.replace({ query: { ...route.query, ...filterToQuery(next) }, hash: route.hash })
    },
  })
  const size = computed(() => filterSize(filter.value))
  const matches = computed<Matcher>(() => matcher(filter.value, store.board?.key ?? ''))
  provide(key, matches)
  const found = computed(() => {
    const test = matches.value
    if (!test) return null
    let count = 0
    for (const listId of store.listIds) {
      for (const id of store.cardIds(listId)) {
        const card = store.cards.get(id)
        if (card && test(card)) count += 1
      }
    }
    return count
  })
  return { filter, size, found }
}

/** The test that the board's filter puts cards to, or null while nothing is filtered. */
export function useMatcher(): Ref<Matcher> {
  const matches = inject(key)
  if (!matches) throw new Error('There is no board filter around this component.')
  return matches
}

/** The ids of a list's cards that the filter lets through, as a function of the list. */
export function useShownIds(): (listId: string) => readonly string[] {
  const store = useOpenBoard()
  const matches = useMatcher()
  return (listId) => {
    const ids = store.cardIds(listId)
    const test = matches.value
    if (!test) return ids
    return ids.filter((id) => {
      const card = store.cards.get(id)
      return card !== undefined && test(card)
    })
  }
}
