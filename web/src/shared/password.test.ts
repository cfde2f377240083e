import { describe, expect, it } from 'vitest'

import { passwordStrength } from './password'

describe('the strength of a password', () => {
  it('is nothing below the shortest length', () => {
    expect(passwordStrength('Ab3$xyz')).toBe(0)
  })

  it('is weak for favourites, sequences and the own name', () => {
    expect(passwordStrength('password1')).toBe(1)
    expect(passwordStrength('12345678')).toBe(1)
    expect(passwordStrength('aaaaaaaaaaaa')).toBe(1)
    expect(passwordStrength('yanli-2026!x', ['yanli'])).toBe(1)
  })

  it('grows with length and variety', () => {
    expect(passwordStrength('kzqvmtra')).toBeLessThan(passwordStrength('kzqvmtra7Q'))
    expect(passwordStrength('kzqvmtra7Q')).toBeLessThan(passwordStrength('kzqvmtra7Q-plow'))
    expect(passwordStrength('correct horse battery staple')).toBe(4)
    expect(passwordStrength('春天的市集有很多好吃的东西呢真棒')).toBeGreaterThanOrEqual(3)
  })
})
