import { effectScope, ref } from 'vue'
import { afterEach, describe, expect, it } from 'vitest'

import { chordOf, keyLabel, normalise } from './chord'
import { useDialogLayer } from './layers'
import { allShortcuts, handleKey, useShortcuts, type Shortcut } from './shortcuts'

const scopes: ReturnType<typeof effectScope>[] = []
function inScope<T>(work: () => T): T {
  const scope = effectScope()
  scopes.push(scope)
  return scope.run(work) as T
}
afterEach(() => {
  for (const scope of scopes.splice(0)) scope.stop()
  document.body.replaceChildren()
})

let log: string[] = []
const shortcut = (keys: string, name = keys, more: Partial<Shortcut> = {}): Shortcut => ({
  keys,
  label: () => name,
  group: () => 'Test',
  run: () => log.push(name),
  ...more,
})

function press(key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body): void {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })
  target.addEventListener('keydown', (sent) => handleKey(sent as KeyboardEvent), { once: true })
  target.dispatchEvent(event)
}

describe('a chord', () => {
  it('is written the same whatever the order of its modifiers', () => {
    expect(normalise('Shift+Mod+K')).toBe('mod+shift+k')
  })

  it('names shift for letters and arrows but not for signs that need it', () => {
    const chord = (key: string, init: KeyboardEventInit = {}) =>
      chordOf(new KeyboardEvent('keydown', { key, ...init }))
    expect(chord('K', { shiftKey: true })).toBe('shift+k')
    expect(chord('ArrowUp', { shiftKey: true })).toBe('shift+arrowup')
    expect(chord('?', { shiftKey: true })).toBe('?')
    expect(chord('k', { ctrlKey: true })).toBe('mod+k')
    expect(chord('Shift', { shiftKey: true })).toBeNull()
  })

  it('is shown as people know it', () => {
    expect(keyLabel('mod+k')).toBe('Ctrl K')
    expect(keyLabel('g h')).toBe('G H')
    expect(keyLabel('shift+arrowright')).toBe('Shift →')
  })
})

describe('shortcuts', () => {
  it('run while their component lives', () => {
    log = []
    const scope = effectScope()
    scope.run(() => useShortcuts([shortcut('c')]))
    press('c')
    scope.stop()
    press('c')
    expect(log).toEqual(['c'])
    expect(allShortcuts()).toEqual([])
  })

  it('rest while somebody types, unless they work always', () => {
    log = []
    inScope(() => useShortcuts([shortcut('c'), shortcut('mod+k', 'palette', { always: true })]))
    const field = document.createElement('input')
    document.body.append(field)
    press('c', {}, field)
    press('k', { ctrlKey: true }, field)
    expect(log).toEqual(['palette'])
  })

  it('of a page rest under a dialog, while the dialog has its own', () => {
    log = []
    inScope(() => useShortcuts([shortcut('e', 'page')]))
    const open = ref(true)
    inScope(() => {
      useDialogLayer(open)
      useShortcuts([shortcut('e', 'dialog')], { inDialog: 1 })
    })
    press('e')
    open.value = false
    press('e')
    expect(log).toEqual(['dialog', 'page'])
  })

  it('may be two keys in turn, and the newest registration wins', () => {
    log = []
    inScope(() => useShortcuts([shortcut('g h', 'home'), shortcut('h', 'shell')]))
    inScope(() => useShortcuts([shortcut('h', 'board')]))
    press('g')
    press('h')
    press('h')
    expect(log).toEqual(['home', 'board'])
  })

  it('forget the first key of a sequence after a while', () => {
    log = []
    inScope(() => useShortcuts([shortcut('g h', 'home')]))
    const key = (name: string) => new KeyboardEvent('keydown', { key: name, cancelable: true })
    handleKey(key('g'), 0)
    handleKey(key('h'), 5_000)
    expect(log).toEqual([])
  })

  it('are left out while their condition is false', () => {
    log = []
    const allowed = ref(false)
    inScope(() => useShortcuts([shortcut('x', 'x', { when: () => allowed.value })]))
    press('x')
    allowed.value = true
    press('x')
    expect(log).toEqual(['x'])
  })
})
