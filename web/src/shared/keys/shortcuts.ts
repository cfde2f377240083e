import { getCurrentScope, onScopeDispose, shallowReactive } from 'vue'

import { chordOf, isTyping, normalise } from './chord'
import { openDialogs } from './layers'

export interface Shortcut {
  /** One chord (`c`, `shift+arrowup`, `mod+k`) or two pressed in turn (`g h`). */
  keys: string
  /** What it does, in the reader's language; the `?` sheet shows it. */
  label: () => string
  /** Heading in the `?` sheet. */
  group: () => string
  run: (event: KeyboardEvent) => void
  /** Not offered while this gives false. */
  when?: () => boolean
  /** Works while typing and over dialogs, as `mod+k` does. */
  always?: boolean
}

interface Registration {
  shortcuts: readonly Shortcut[]
  dialogs: number
}

const registrations = shallowReactive<Registration[]>([])
const sequenceTimeout = 1_200
let pending = ''
let pendingAt = 0

/** All shortcuts that are registered now, in order of registration. */
export function allShortcuts(): Shortcut[] {
  return registrations.flatMap((registration) => [...registration.shortcuts])
}

/**
 * Registers shortcuts for as long as the calling component lives. They rest while the user types
 * and while more dialogs are open than `inDialog` says (0 for a page, 1 for a dialog's own keys).
 */
export function useShortcuts(
  shortcuts: readonly Shortcut[],
  options: { inDialog?: number } = {},
): void {
  const registration = { shortcuts, dialogs: options.inDialog ?? 0 }
  registrations.push(registration)
  const remove = () => {
    const index = registrations.indexOf(registration)
    if (index >= 0) registrations.splice(index, 1)
  }
  if (getCurrentScope()) onScopeDispose(remove)
}

function candidates(event: KeyboardEvent): Shortcut[] {
  const typing = isTyping(event)
  const live: Shortcut[] = []
  // The newest registration wins, so that a board's key goes before the shell's.
  for (const { shortcuts, dialogs } of [...registrations].reverse()) {
    for (const shortcut of shortcuts) {
      const rests = typing || openDialogs.value !== dialogs
      if (rests && shortcut.always !== true) continue
      if (shortcut.when?.() === false) continue
      live.push(shortcut)
    }
  }
  return live
}

/** Runs the shortcut that a key press completes, if any. */
export function handleKey(event: KeyboardEvent, now = performance.now()): void {
  if (event.defaultPrevented || event.isComposing) return
  const chord = chordOf(event)
  if (chord === null) return
  const live = candidates(event)
  const prefix = pending !== '' && now - pendingAt < sequenceTimeout ? pending : ''
  pending = ''
  const both = prefix === '' ? chord : `${prefix} ${chord}`
  const match =
    live.find((shortcut) => normalise(shortcut.keys) === both) ??
    live.find((shortcut) => normalise(shortcut.keys) === chord)
  if (match) {
    event.preventDefault()
    match.run(event)
    return
  }
  if (live.some((shortcut) => normalise(shortcut.keys).startsWith(`${chord} `))) {
    pending = chord
    pendingAt = now
  }
}

export function startShortcuts(): void {
  addEventListener('keydown', (event) => handleKey(event))
}
