import { describe, expect, it } from 'vitest'

import { filtersIn } from './filters'
import { savedAs, savedFrom, withSaved } from './savedFilters'

const failed = filtersIn({ show: 'failed', time: 'day' })
const mine = filtersIn({ owner: 'me' })

describe('saved filters', () => {
  it('are found again by what they show', () => {
    const saved = withSaved(withSaved([], 'Failed', failed), 'Mine', mine)
    expect(savedAs(saved, failed)?.name).toBe('Failed')
    expect(filtersIn(savedAs(saved, failed)?.query ?? {})).toEqual(failed)
    expect(savedAs(saved, filtersIn({ show: 'failed' }))).toBeUndefined()
  })

  it('keep their place when a name gets another filter', () => {
    const saved = withSaved(withSaved([], 'A', failed), 'B', mine)
    expect(withSaved(saved, ' A ', mine).map(({ name, query }) => [name, query])).toEqual([
      ['A', { owner: 'me' }],
      ['B', { owner: 'me' }],
    ])
  })

  it('are at most twenty, and the oldest make room', () => {
    const saved = Array.from({ length: 21 }, (_, at) => `n${at}`).reduce(
      (all, name) => withSaved(all, name, mine),
      savedFrom([]),
    )
    expect(saved).toHaveLength(20)
    expect(saved[0]?.name).toBe('n1')
  })

  it('are read with suspicion', () => {
    const good = { name: 'Mine', query: { owner: 'me' } }
    expect(savedFrom([good, null, 7, { name: '', query: {} }, { name: 'x', query: { q: 1 } }])).toEqual([good])
    expect(savedFrom({ name: 'x' })).toEqual([])
  })
})
