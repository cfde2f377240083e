import { afterEach, describe, expect, it } from 'vitest'

import { i18n } from '@/shared/i18n'

import {
  colorAttributes,
  daysBetween,
  displayName,
  faceOf,
  formatAgo,
  formatBytes,
  formatDateTime,
  formatDay,
  formatDue,
  formatNumber,
  initials,
  setTimeZone,
} from '.'

const now = '2026-11-24T12:00:00Z'
const inChinese = () => (i18n.global.locale.value = 'zh-CN')

afterEach(() => {
  i18n.global.locale.value = 'en'
  setTimeZone(undefined)
})

describe('dates', () => {
  it('name the year only when it is another one', () => {
    setTimeZone('UTC')
    expect(formatDay('2026-11-20T09:00:00Z', now)).toBe('20 Nov')
    expect(formatDay('2025-11-20T09:00:00Z', now)).toBe('20 Nov 2025')
  })

  it('are those of the person’s time zone', () => {
    setTimeZone('Asia/Shanghai')
    expect(formatDateTime('2026-11-24T20:05:00Z')).toBe('25 Nov 2026, 04:05')
    expect(daysBetween(now, '2026-11-24T17:00:00Z')).toBe(1)
    setTimeZone('America/New_York')
    expect(daysBetween(now, '2026-11-24T17:00:00Z')).toBe(0)
  })

  it('close to today are words in both languages', () => {
    setTimeZone('UTC')
    expect(formatDue('2026-11-24T23:00:00Z', now)).toBe('Today')
    expect(formatDue('2026-11-23T01:00:00Z', now)).toBe('Yesterday')
    inChinese()
    expect(formatDue('2026-11-25T01:00:00Z', now)).toBe('明天')
    expect(formatDue('2026-11-28T01:00:00Z', now)).toBe('11月28日')
  })

  it('of the last week are told as time gone by', () => {
    setTimeZone('UTC')
    expect(formatAgo('2026-11-24T11:59:40Z', now)).toBe('now')
    expect(formatAgo('2026-11-24T11:57:00Z', now)).toBe('3 min. ago')
    expect(formatAgo('2026-11-22T12:00:00Z', now)).toBe('2 days ago')
    expect(formatAgo('2026-11-01T12:00:00Z', now)).toBe('1 Nov')
    inChinese()
    expect(formatAgo('2026-11-24T09:00:00Z', now)).toBe('3小时前')
  })
})

describe('numbers', () => {
  it('are grouped, and bytes take the unit that fits', () => {
    expect(formatNumber(1_284)).toBe('1,284')
    expect(formatBytes(4_200_000)).toBe('4.2 MB')
    expect(formatBytes(18_000)).toBe('18 kB')
    expect(formatBytes(1)).toBe('1 byte')
  })
})

describe('people', () => {
  it('go by their full name, or else their user name', () => {
    expect(displayName({ username: 'ada', full_name: 'Ada Lovelace' })).toBe('Ada Lovelace')
    expect(displayName({ username: 'ada', full_name: ' ' })).toBe('ada')
  })

  it('have initials in every script', () => {
    expect(initials('Yan Li')).toBe('YL')
    expect(initials('ada')).toBe('AD')
    expect(initials('mira.kovac')).toBe('MK')
    expect(initials('陈静')).toBe('陈')
    expect(initials('')).toBe('?')
  })

  it('keep their colour', () => {
    expect(faceOf('0192f0c1')).toBe(faceOf('0192f0c1'))
    expect(faceOf('0192f0c1')).toBeLessThan(8)
  })
})

describe('colours', () => {
  it('are a name of the palette, a value, or grey', () => {
    expect(colorAttributes('teal')).toEqual({ 'data-color': 'teal' })
    expect(colorAttributes('#12aB9f')).toEqual({ style: { '--tone': '#12aB9f' } })
    expect(colorAttributes('url(evil)')).toEqual({ 'data-color': 'gray' })
    expect(colorAttributes(null)).toEqual({ 'data-color': 'gray' })
  })
})
