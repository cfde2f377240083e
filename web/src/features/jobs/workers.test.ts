import { expect, it } from 'vitest'

import { workerState } from './workers'

it.each([
  [{ stopped_at: null, silent_s: 5, draining: false }, 'online'],
  [{ stopped_at: null, silent_s: 21, draining: false }, 'late'],
  [{ stopped_at: null, silent_s: 21, draining: true }, 'draining'],
  [{ stopped_at: null, silent_s: 61, draining: true }, 'silent'],
  [{ stopped_at: '2026-05-04T12:00:00Z', silent_s: 400, draining: false }, 'stopped'],
])('judges a worker by its own words, then by its silence (%o)', (worker, state) => {
  expect(workerState(worker)).toBe(state)
})
