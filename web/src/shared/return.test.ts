import { describe, expect, it } from 'vitest'

import { safeReturn } from './return'

describe('the way back after signing in', () => {
  it('is a path of this site', () => {
    expect(safeReturn('/b/1?q=x')).toBe('/b/1?q=x')
  })

  it('is never another site', () => {
    for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', undefined, ['/a']]) {
      expect(safeReturn(evil)).toEqual({ name: 'home' })
    }
  })
})
