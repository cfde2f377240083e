import { describe, expect, it } from 'vitest'

import { suggestUsername } from './suggestion'

describe('a suggested user name', () => {
  it('is what stands before the @, in signs that are allowed', () => {
    expect(suggestUsername('Yan.Li+work@example.com')).toBe('yan.li')
    expect(suggestUsername('._o’neil@example.com')).toBe('oneil')
    expect(suggestUsername('陈静@example.com')).toBe('陈静')
    expect(suggestUsername('')).toBe('')
  })
})
