import { describe, expect, it } from 'vitest'

import { ruleFromPhrase, sayingOf } from './cron'

describe('what a cron rule says', () => {
  it('is a time of day on some days', () => {
    expect(sayingOf('30 2 * * *')).toEqual({
      rhythm: { kind: 'at', times: ['02:30'] },
      days: { kind: 'every' },
      months: [],
    })
    expect(sayingOf('0 7,19 * * MON-FRI')).toMatchObject({
      rhythm: { times: ['07:00', '19:00'] },
      days: { kind: 'weekdays' },
    })
    expect(sayingOf('0 9 1,15 6 *')).toMatchObject({
      days: { kind: 'month', days: [1, 15] },
      months: [6],
    })
    expect(sayingOf('0 0 L * *')?.days).toEqual({ kind: 'lastDay' })
    expect(sayingOf('0 0 * * 7')?.days).toEqual({ kind: 'week', days: [0] })
  })

  it('is a rhythm', () => {
    expect(sayingOf('*/15 8-17 * * 1-5')).toMatchObject({
      rhythm: { kind: 'minutes', every: 15 },
      between: { from: '08:00', to: '17:59' },
    })
    expect(sayingOf('0 */6 * * *')?.rhythm).toEqual({ kind: 'hours', every: 6 })
    expect(sayingOf('5 * * * *')?.rhythm).toEqual({ kind: 'hourly', minute: 5 })
  })

  it('is left unsaid where no short sentence can be true', () => {
    for (const rule of ['', '1 2 3', '0 9 1 * 1', '*/7 */3 * * *', '0 0 1W * *', 'x * * * *']) {
      expect(sayingOf(rule), rule).toBeNull()
    }
  })
})

describe('a rule from a phrase', () => {
  it('is understood in both languages', () => {
    expect(ruleFromPhrase('every weekday at 7')).toBe('0 7 * * 1-5')
    expect(ruleFromPhrase('Every day at 2:30')).toBe('30 2 * * *')
    expect(ruleFromPhrase('monday 6pm')).toBe('0 18 * * 1')
    expect(ruleFromPhrase('every 15 minutes')).toBe('*/15 * * * *')
    expect(ruleFromPhrase('every hour')).toBe('0 * * * *')
    expect(ruleFromPhrase('每个工作日 7 点')).toBe('0 7 * * 1-5')
    expect(ruleFromPhrase('每周一 6:30')).toBe('30 6 * * 1')
    expect(ruleFromPhrase('每 2 小时')).toBe('0 */2 * * *')
  })

  it('is not guessed', () => {
    for (const text of ['', 'sometimes', 'every day at noon', 'every 99 minutes', 'daily at 25']) {
      expect(ruleFromPhrase(text), text).toBeNull()
    }
  })
})
