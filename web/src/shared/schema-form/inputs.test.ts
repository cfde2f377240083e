import { describe, expect, it } from 'vitest'

import { readClock, writeClock } from './clock'
import { splitTags } from './tags'

describe('a time in a medium', () => {
  it('is read as people write it', () => {
    expect(readClock('90')).toBe(90)
    expect(readClock('1:30')).toBe(90)
    expect(readClock(' 01:01:30,5 ')).toBe(3690.5)
    for (const text of ['', '1:75', 'ten', '-3', '1:2:3:4', '1.2.3']) expect(readClock(text)).toBeNull()
  })

  it('is written so that it reads back the same', () => {
    for (const seconds of [0, 9.25, 270, 4320, 360_001]) {
      expect(readClock(writeClock(seconds))).toBe(seconds)
    }
    expect(writeClock(270)).toBe('00:04:30')
  })
})

describe('tags', () => {
  it('are cut at commas and lines, in either script', () => {
    expect(splitTags(' en，zh,\n de ', 'text')).toEqual({ tags: ['en', 'zh', 'de'], rest: '' })
  })

  it('stay in the field where numbers are wanted and none was typed', () => {
    expect(splitTags('200, x, 404', 'number')).toEqual({ tags: [200, 404], rest: 'x' })
  })
})
