import { describe, expect, it } from 'vitest'

import type { RecentRun, Schedule } from '@/shared/schedule/api'

import { dayIn, timeIn } from './moments'
import { failedInARow, inOrder, matches, toneOf } from './rows'

const run = (state: string, attempt = 1) => ({ state, attempt }) as RecentRun
const schedule = (name: string, part: Partial<Schedule> = {}) =>
  ({ name, kind: 'http', recent: [], paused_at: null, next_run_at: null, ...part }) as unknown as Schedule

describe('the results of a schedule', () => {
  it('tell a success from one that took several attempts', () => {
    expect([run('succeeded'), run('succeeded', 2), run('discarded'), run('skipped')].map(toneOf)).toEqual(
      ['green', 'amber', 'red', 'hollow'],
    )
  })

  it('count the failures since the last success, whatever is still running', () => {
    const recent = [run('running'), run('failed'), run('discarded'), run('succeeded'), run('failed')]
    expect(failedInARow(recent)).toHaveLength(2)
    expect(failedInARow([])).toEqual([])
  })
})

describe('the list of schedules', () => {
  it('begins with what comes next and ends with what is paused', () => {
    const list = [
      schedule('paused', { paused_at: '2026-01-01T00:00:00Z', next_run_at: '2026-01-01T00:00:00Z' }),
      schedule('over'),
      schedule('later', { next_run_at: '2027-01-02T00:00:00Z' }),
      schedule('soon', { next_run_at: '2027-01-01T00:00:00Z' }),
    ]
    expect(inOrder(list).map(({ name }) => name)).toEqual(['soon', 'later', 'over', 'paused'])
  })

  it('is narrowed by state, owner and text', () => {
    const failing = schedule('Rates', { recent: [run('failed')], owner_id: 'me' })
    expect(matches(failing, 'failing', 'rat', 'me')).toBe(true)
    expect(matches(failing, 'paused', '', 'me')).toBe(false)
    expect(matches(failing, 'mine', '', 'you')).toBe(false)
    expect(matches(failing, 'all', 'HTTP', 'me')).toBe(true)
  })
})

describe('a coming moment', () => {
  const now = new Date('2026-11-26T23:30:00Z')

  it('has its day and time by the clock of its zone', () => {
    expect(dayIn('2026-11-27T01:00:00Z', 'Asia/Shanghai', now)).toBe('today')
    expect(dayIn('2026-11-27T01:00:00Z', 'America/New_York', now)).toBe('today')
    expect(dayIn('2026-11-28T01:00:00Z', 'Asia/Shanghai', now)).toBe('tomorrow')
    expect(dayIn('2026-11-30T12:00:00Z', 'Europe/Berlin', now)).toBe('Monday')
    expect(dayIn('2026-12-08T12:00:00Z', 'Europe/Berlin', now)).toBe('Tue 8 Dec')
    expect(timeIn('2026-11-27T01:00:00Z', 'Asia/Shanghai')).toBe('09:00')
  })
})
