import { inject, provide, type InjectionKey } from 'vue'

/** Puts the focus on a card of a list, scrolling to it first if it is not mounted. */
export type FocusCard = (index: number) => void

const key: InjectionKey<Map<string, FocusCard>> = Symbol('focus registry')

/** Where the board's lists register how to focus their cards. */
export function provideFocusRegistry(): Map<string, FocusCard> {
  const registry = new Map<string, FocusCard>()
  provide(key, registry)
  return registry
}

export function useFocusRegistry(): Map<string, FocusCard> {
  return inject(key) ?? new Map<string, FocusCard>()
}
