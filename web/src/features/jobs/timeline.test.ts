import { expect, it } from 'vitest'

import { attemptBars } from './timeline'

const base = { worker: 'w', error: null, cpu_s: null, peak_mb: null }
const at = (second: number) => new Date(Date.UTC(2026, 4, 4, 12, 0, second)).toISOString()

it('lays the attempts of a running job beside one another up to now', () => {
  const bars = attemptBars(
    { created_at: at(0), finished_at: null },
    [
      { ...base, attempt: 1, started_at: at(1), finished_at: at(4), outcome: 'crashed' },
      { ...base, attempt: 2, started_at: at(6), finished_at: null, outcome: null },
    ],
    Date.parse(at(10)),
  )
  expect(bars.map(({ waitStart, start, end, tone, seconds }) => [waitStart, start, end, tone, seconds])).toEqual([
    [0, 10, 40, 'amber', 3],
    [40, 60, 100, 'accent', 4],
  ])
})

it('takes a job that was over at once', () => {
  const [bar] = attemptBars(
    { created_at: at(0), finished_at: at(0) },
    [{ ...base, attempt: 1, started_at: at(0), finished_at: at(0), outcome: 'succeeded' }],
    Date.parse(at(9)),
  )
  expect(bar).toMatchObject({ start: 0, end: 0, tone: 'green', seconds: 0 })
})
