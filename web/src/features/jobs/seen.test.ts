import { describe, expect, it } from 'vitest'

import type { Job } from '@/shared/jobs/api'

import { seenAfter, seenSince } from './seen'

const now = Date.parse('2026-05-08T12:00:00Z')
const over = (finished_at: string | null) => ({ finished_at }) as Job

describe('what somebody has seen of failures', () => {
  it('is at first what failed more than a day ago', () => {
    for (const stored of [null, 7, 'never']) expect(seenSince(stored, now)).toBe('2026-05-07T12:00:00.000Z')
  })

  it('is what it was, within a week', () => {
    expect(seenSince('2026-05-02T00:00:00.123456Z', now)).toBe('2026-05-02T00:00:00.123456Z')
    expect(seenSince('2026-01-01T00:00:00Z', now)).toBe('2026-05-01T12:00:00.000Z')
  })

  it('goes as far as the last failure shown, to the microsecond, and never back', () => {
    const before = '2026-05-01T00:00:00Z'
    const jobs = ['2026-05-03T00:00:00.000002Z', '2026-05-03T00:00:00.000009Z', '2026-05-02T00:00:00Z']
    expect(seenAfter(jobs.map(over), before)).toBe('2026-05-03T00:00:00.000009Z')
    expect(seenAfter([over(null), over('2026-04-01T00:00:00Z')], before)).toBe(before)
  })
})
