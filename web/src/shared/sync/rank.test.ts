import { expect, it } from 'vitest'

import { byRank, rankBetween } from './rank'

it('finds a key between any two neighbours, however often it is asked', () => {
  let keys = ['a0']
  for (let step = 0; step < 400; step += 1) {
    const at = (step * 7919) % (keys.length + 1)
    keys.splice(at, 0, rankBetween(keys[at - 1] ?? null, keys[at] ?? null))
  }
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : 1)))
  keys = ['a', 'a0']
  keys.splice(1, 0, rankBetween('a', 'a0'))
  expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : 1)))
})

it('orders by code unit and lets the id decide between equal keys', () => {
  const cards = [
    { id: '2', rank: 'a' },
    { id: '1', rank: 'a' },
    { id: '3', rank: 'Z' },
  ]
  expect(cards.sort(byRank).map((card) => card.id)).toEqual(['3', '1', '2'])
})
