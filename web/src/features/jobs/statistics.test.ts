import { expect, it } from 'vitest'

import { outcomes, successShare, total } from './statistics'

it('puts the states of jobs into what a chart shows', () => {
  const counts = { succeeded: 6, failed: 1, discarded: 1, cancelled: 2, skipped: 1, queued: 3, running: 1 }
  expect(outcomes(counts)).toEqual({ succeeded: 6, failed: 2, cancelled: 3, open: 4 })
  expect(total(counts)).toBe(15)
  expect(successShare(counts)).toBe(0.75)
})

it('knows no share of success where nothing has ended', () => {
  expect(successShare({ cancelled: 3, queued: 1 })).toBeNull()
})
