import { nextTick, onMounted, type Ref } from 'vue'

import { useOpenBoard } from '@/shared/board/open-board'
import { useCardActions } from '@/shared/board/useCardActions'

import type { FocusCard } from './focus-registry'
import { directionOf, focusStep, moveStep, type Grid } from './steps'

/** Arrows move the focus between cards, Shift and arrows move the card itself. */
export function useBoardKeys(
  canvas: Readonly<Ref<HTMLElement | null>>,
  registry: ReadonlyMap<string, FocusCard>,
  shownIds: (listId: string) => readonly string[],
): void {
  const store = useOpenBoard()
  const actions = useCardActions()

  function onKeydown(event: KeyboardEvent): void {
    const direction = directionOf(event.key)
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    // Only the card's own link moves; its menu has arrows of its own.
    if (!target.matches('.title')) return
    const id = target.closest<HTMLElement>('[data-card]')?.dataset.card ?? ''
    const card = store.cards.get(id)
    if (!card) return
    event.preventDefault()
    const grid: Grid = { listIds: store.listIds, cardIds: shownIds }
    const from = { listId: card.list_id, index: shownIds(card.list_id).indexOf(id) }
    if (!event.shiftKey) {
      const next = focusStep(grid, from, direction)
      if (next) registry.get(next.listId)?.(next.index)
      return
    }
    const step = store.canEdit ? moveStep(grid, from, direction) : null
    if (!step) return
    actions.move(card, step.listId, step.place)
    void nextTick(() => registry.get(step.listId)?.(shownIds(step.listId).indexOf(id)))
  }

  // One listener for all cards, on the element that holds them.
  onMounted(() => canvas.value?.addEventListener('keydown', onKeydown))
}
