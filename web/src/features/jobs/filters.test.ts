import { expect, it } from 'vitest'

import { filtersIn, isNarrowed, jobsQuery, queryOf, statesOf } from './filters'

it('comes back from the address as it went there', () => {
  const filters = filtersIn({ show: 'failed', kind: 'http', time: 'day', owner: 'me', q: 'price', card: 'c1' })
  expect(filtersIn(queryOf(filters) as Record<string, string>)).toEqual(filters)
  expect(isNarrowed(filters)).toBe(true)
})

it('leaves the address empty where nothing is narrowed, and ignores what it does not know', () => {
  const filters = filtersIn({ show: 'everything', time: 'decade', owner: 'bob', kind: ['a', 'b'] })
  expect(Object.values(queryOf(filters)).filter((value) => value !== undefined)).toEqual([])
  expect(isNarrowed(filters)).toBe(false)
})

it('asks for one’s own jobs and for those since a whole minute', () => {
  const filters = filtersIn({ owner: 'me', time: 'hour', queue: 'media' })
  const now = Date.parse('2026-05-04T12:00:59Z')
  expect(jobsQuery(filters, ['running'], 'u1', now)).toMatchObject({
    states: ['running'],
    queue: 'media',
    owner: 'u1',
    createdAfter: '2026-05-04T11:00:00.000Z',
  })
})

it('leaves out the groups that a filter by state does not reach', () => {
  expect(statesOf('running', 'failed')).toEqual([])
  expect(statesOf('attention', 'all')).toEqual(['failed', 'discarded'])
  expect(statesOf('attention', 'failed')).toEqual([])
  expect(statesOf('waiting', 'waiting')).toEqual(['queued', 'blocked'])
  expect(statesOf('ended', 'failed')).toEqual(['failed', 'discarded'])
  expect(statesOf('ended', 'all')).toHaveLength(5)
})
