import { expect, it } from 'vitest'

import { focusStep, moveStep, type Grid } from './steps'
import { titlesIn } from './titles'

const cards: Record<string, string[]> = { a: ['a1', 'a2', 'a3'], empty: [], b: ['b1'] }
const grid: Grid = { listIds: ['a', 'empty', 'b'], cardIds: (listId) => cards[listId] ?? [] }

it('moves the focus within a list and over empty lists', () => {
  expect(focusStep(grid, { listId: 'a', index: 0 }, 'down')).toEqual({ listId: 'a', index: 1 })
  expect(focusStep(grid, { listId: 'a', index: 2 }, 'down')).toBeNull()
  expect(focusStep(grid, { listId: 'a', index: 2 }, 'right')).toEqual({ listId: 'b', index: 0 })
  expect(focusStep(grid, { listId: 'b', index: 0 }, 'left')).toEqual({ listId: 'a', index: 0 })
  expect(focusStep(grid, { listId: 'b', index: 0 }, 'right')).toBeNull()
})

it('moves a card beside its neighbour and into the next list, also an empty one', () => {
  const at = (index: number) => ({ listId: 'a', index })
  expect(moveStep(grid, at(1), 'up')).toEqual({ listId: 'a', place: { before: 'a1' } })
  expect(moveStep(grid, at(1), 'down')).toEqual({ listId: 'a', place: { after: 'a3' } })
  expect(moveStep(grid, at(0), 'up')).toBeNull()
  expect(moveStep(grid, at(1), 'right')).toEqual({ listId: 'empty', place: { at: 'bottom' } })
  expect(moveStep(grid, at(1), 'left')).toBeNull()
  const fromB = moveStep({ ...grid, listIds: ['a', 'b'] }, { listId: 'b', index: 0 }, 'left')
  expect(fromB).toEqual({ listId: 'a', place: { before: 'a1' } })
})

it('takes one title from each pasted line, without list marks', () => {
  expect(titlesIn('- [ ] one\n* two\n\n3. three\r\n  四 ')).toEqual(['one', 'two', 'three', '四'])
})
