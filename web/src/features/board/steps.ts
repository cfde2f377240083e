import type { Place } from '@/shared/api'

export interface Grid {
  listIds: readonly string[]
  cardIds: (listId: string) => readonly string[]
}

export interface Step {
  listId: string
  index: number
}

type Direction = 'up' | 'down' | 'left' | 'right'

const directions: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

export function directionOf(key: string): Direction | null {
  return directions[key] ?? null
}

/** Where the focus goes from a card by an arrow key; empty lists are passed over. */
export function focusStep(grid: Grid, from: Step, direction: Direction): Step | null {
  if (direction === 'up' || direction === 'down') {
    const index = from.index + (direction === 'down' ? 1 : -1)
    const inside = index >= 0 && index < grid.cardIds(from.listId).length
    return inside ? { listId: from.listId, index } : null
  }
  const step = direction === 'right' ? 1 : -1
  for (let at = grid.listIds.indexOf(from.listId) + step; ; at += step) {
    const listId = grid.listIds[at]
    if (listId === undefined) return null
    const count = grid.cardIds(listId).length
    if (count > 0) return { listId, index: Math.min(from.index, count - 1) }
  }
}

/** Where Shift and an arrow key move a card to; null where it cannot go further. */
export function moveStep(
  grid: Grid,
  from: Step,
  direction: Direction,
): { listId: string; place: Place } | null {
  if (direction === 'up' || direction === 'down') {
    const next = focusStep(grid, from, direction)
    const neighbour = next && grid.cardIds(from.listId)[next.index]
    if (!neighbour) return null
    const place = direction === 'up' ? { before: neighbour } : { after: neighbour }
    return { listId: from.listId, place }
  }
  const step = direction === 'right' ? 1 : -1
  const listId = grid.listIds[grid.listIds.indexOf(from.listId) + step]
  if (listId === undefined) return null
  const neighbour = grid.cardIds(listId)[from.index]
  return { listId, place: neighbour ? { before: neighbour } : { at: 'bottom' } }
}
