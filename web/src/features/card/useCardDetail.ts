import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

import { api, ApiProblem, type BoardEvent, type Card, type Page, type TrashItem } from '@/shared/api'
import { useOpenBoard } from '@/shared/board/open-board'

/** Why a card is not on its board any more, and by whom, where that was seen. */
export interface CardGone {
  how: 'deleted' | 'archived' | 'left' | 'unknown'
  by: string | null
  id: string | null
  listId: string | null
  title: string
}

const RELOAD_AFTER = 80

/** The whole card behind a face of the open board, read again when an event touches it. */
export function useCardDetail(number: () => number | null) {
  const store = useOpenBoard()
  const id = ref<string | null>(null)
  const detail = shallowRef<Card | null>(null)
  const failure = shallowRef<unknown>(null)
  const gone = shallowRef<CardGone | null>(null)
  /** Counts the events of this card, for the parts that are read on their own. */
  const touched = ref(0)
  const face = computed(() => (id.value === null ? undefined : store.cards.get(id.value)))
  let timer: ReturnType<typeof setTimeout> | undefined
  let reading = 0

  function options() {
    return store.shareToken === null ? {} : { token: store.shareToken }
  }

  async function load(minSeq?: number): Promise<void> {
    const wanted = id.value
    if (wanted === null) return
    reading += 1
    const turn = reading
    try {
      const card = await api.get<Card>(`/cards/${wanted}`, { ...options(), minSeq })
      if (turn !== reading) return
      detail.value = card
      failure.value = null
    } catch (error) {
      if (turn !== reading) return
      const missing = error instanceof ApiProblem && error.status === 404
      if (!missing) failure.value = error
    }
  }

  /** Takes the card as the answer to a change told it. */
  function take(card: Card): void {
    if (card.id === id.value) detail.value = card
  }

  function reload(minSeq?: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void load(minSeq), RELOAD_AFTER)
  }

  /** A card that is not on the board may lie in its archive or its trash. */
  async function lookAway(wanted: number): Promise<void> {
    gone.value = { how: 'unknown', by: null, id: null, listId: null, title: '' }
    if (store.isShared) return
    for (const state of ['archived', 'deleted'] as const) {
      const page = await api
        .get<Page<TrashItem>>(`/boards/${store.id ?? ''}/trash`, { query: { state, limit: 100 } })
        .catch(() => null)
      const item = page?.items.find((one) => one.kind === 'card' && one.number === wanted)
      if (item && number() === wanted) {
        gone.value = { how: state, by: item.by, id: item.id, listId: item.list_id, title: item.title }
        return
      }
    }
  }

  function find(wanted: number | null): void {
    detail.value = null
    failure.value = null
    gone.value = null
    id.value = wanted === null ? null : (store.cardByNumber(wanted)?.id ?? null)
    if (id.value !== null) void load()
    else if (wanted !== null && store.status === 'ready') void lookAway(wanted)
  }

  function onEvent(event: BoardEvent): void {
    const own = id.value ?? gone.value?.id
    if (!own) return
    const { upsert, remove } = event.patch
    if (upsert?.cards?.some((card) => card.id === own)) {
      if (gone.value) find(number())
      touched.value += 1
      reload(event.seq)
    } else if (remove?.cards?.includes(own)) {
      const how = /archived$/.test(event.event) ? 'archived' : event.event === 'card.left' ? 'left' : 'deleted'
      gone.value = {
        how,
        by: event.actor_id,
        id: own,
        listId: detail.value?.list_id ?? null,
        title: detail.value?.title ?? '',
      }
    }
  }

  watch([number, () => store.status === 'ready'], ([wanted]) => find(wanted), { immediate: true })
  const stop = store.onEvent(onEvent)
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
    reading += 1
  })

  return { id, face, detail, failure, gone, touched, load, take, options }
}
