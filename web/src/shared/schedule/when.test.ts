import { describe, expect, it } from 'vitest'

import { comingRuns, firstWhen, offsetAt, offsetText, unitOf, whenBody } from './when'

describe('the distance of a zone from UTC', () => {
  it('follows its clocks', () => {
    expect(offsetAt('Europe/Berlin', new Date('2027-03-27T12:00:00Z'))).toBe(60)
    expect(offsetAt('Europe/Berlin', new Date('2027-03-28T12:00:00Z'))).toBe(120)
    expect(offsetAt('Asia/Kolkata', new Date('2027-01-01T00:00:00Z'))).toBe(330)
    expect(offsetAt('America/St_Johns', new Date('2027-01-01T00:00:00.750Z'))).toBe(-210)
  })

  it('is written short', () => {
    expect([0, 60, 330, -210].map(offsetText)).toEqual(['UTC', 'UTC+1', 'UTC+5:30', 'UTC-3:30'])
  })
})

describe('coming runs', () => {
  const from = new Date('2027-03-26T12:00:00Z')

  it('say where the clocks change between two of them', () => {
    const runs = comingRuns(
      ['2027-03-27T01:30:00Z', '2027-03-28T01:00:00Z', '2027-03-29T00:30:00Z'],
      'Europe/Berlin',
      from,
    )
    expect(runs.map((run) => run.change?.kind)).toEqual([undefined, 'forward', undefined])
    expect(runs[1]?.change).toEqual({
      kind: 'forward',
      minutes: 60,
      on: '2027-03-28T01:00:00.000Z',
    })
  })

  it('say nothing in a zone whose clocks stand', () => {
    expect(comingRuns(['2027-03-29T01:00:00Z'], 'Asia/Shanghai', from)[0]?.change).toBeUndefined()
  })
})

describe('a trigger', () => {
  it('sends only what it means', () => {
    const when = { ...firstWhen('Asia/Shanghai'), cron: ' 0  9 * * * ' }
    expect(whenBody(when)).toMatchObject({ cron: '0 9 * * *', every_s: null, at: null })
    expect(whenBody({ ...when, trigger: 'interval' })).toMatchObject({ cron: null, every_s: 3600 })
  })

  it('shows an interval in its largest whole unit', () => {
    expect([60, 5400, 7200, 172_800].map((s) => unitOf(s).id)).toEqual([
      'minutes',
      'minutes',
      'hours',
      'days',
    ])
  })
})
