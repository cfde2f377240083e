import { computed, onScopeDispose, shallowReactive, type Component, type MaybeRefOrGetter, toValue } from 'vue'

export type CommandGroup = 'actions' | 'goto' | 'boards' | 'cards'

/** One line of the command palette. */
export interface Command {
  id: string
  group: CommandGroup
  title: string
  icon?: Component
  /** A palette colour for the square in front, instead of an icon. */
  color?: string
  /** A shortcut (`c`, `g h`) shown at the end. */
  keys?: string
  /** Plain text at the end, such as `PL-176`; it is searched too. */
  hint?: string
  run: () => void
}

const sources = shallowReactive(new Set<MaybeRefOrGetter<readonly Command[]>>())

/** Adds commands to the palette for as long as the calling component lives. */
export function useCommands(source: MaybeRefOrGetter<readonly Command[]>): void {
  sources.add(source)
  onScopeDispose(() => sources.delete(source))
}

/** The newest source first: what an open board offers goes before what is always there. */
export const allCommands = computed(() =>
  [...sources].reverse().flatMap((source) => [...toValue(source)]),
)
