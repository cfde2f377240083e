const order = ['mod', 'alt', 'shift']
const isApple = /mac|iphone|ipad/i.test(navigator.userAgent)

/** Lower case, modifiers in a fixed order: `Shift+Mod+K` becomes `mod+shift+k`. */
export function normalise(keys: string): string {
  return keys
    .toLowerCase()
    .trim()
    .split(/\s+/)
    .map((chord) => {
      const parts = chord.split('+')
      const key = parts.pop() ?? ''
      const modifiers = parts.sort((a, b) => order.indexOf(a) - order.indexOf(b))
      return [...modifiers, key].join('+')
    })
    .join(' ')
}

/** The chord of a key press, or null while only a modifier is down. */
export function chordOf(event: KeyboardEvent): string | null {
  const key = event.key.toLowerCase()
  if (['control', 'meta', 'shift', 'alt', 'altgraph', 'dead', 'process'].includes(key)) return null
  const parts: string[] = []
  if (event.ctrlKey || event.metaKey) parts.push('mod')
  if (event.altKey) parts.push('alt')
  // `?` already says that shift was held; for letters and named keys it must be told.
  const printableSymbol = key.length === 1 && key.toUpperCase() === key && key !== ' '
  if (event.shiftKey && !printableSymbol) parts.push('shift')
  parts.push(key === ' ' ? 'space' : key)
  return parts.join('+')
}

/** Whether single keys belong to the focused element: a field, a menu or an open list. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
  }
  return (
    target.matches('textarea, select') || target.closest('[role=menu], [role=listbox]') !== null
  )
}

const symbols: Record<string, string> = {
  mod: isApple ? '⌘' : 'Ctrl',
  alt: isApple ? '⌥' : 'Alt',
  shift: isApple ? '⇧' : 'Shift',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  enter: 'Enter',
  escape: 'Esc',
  space: 'Space',
  backspace: '⌫',
  delete: 'Del',
}

/** The keys as a person reads them: `mod+k` becomes `Ctrl K`. */
export function keyLabel(keys: string): string {
  return keys
    .trim()
    .split(/[\s+]+/)
    .map((key) => symbols[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join(' ')
}
