import { nextTick } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'

import { startTheme, useTheme } from './theme'

const shown = () => document.documentElement.dataset.theme

describe('the theme', () => {
  beforeEach(() => localStorage.clear())

  it('follows the choice and is remembered for the next visit', async () => {
    startTheme()
    const { setTheme } = useTheme()
    setTheme('dark')
    await nextTick()
    expect(shown()).toBe('dark')
    expect(localStorage.getItem('taskly.theme')).toBe('dark')
    setTheme('light')
    await nextTick()
    expect(shown()).toBe('light')
  })

  it('flips between what is seen, whatever was chosen', () => {
    const { choice, resolved, setTheme, toggleTheme } = useTheme()
    setTheme('system')
    const before = resolved.value
    const next = toggleTheme()
    expect(next).not.toBe(before)
    expect(choice.value).toBe(next)
  })
})
