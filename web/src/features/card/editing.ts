import { inject, type InjectionKey } from 'vue'

export const editingKey: InjectionKey<(editing: boolean) => void> = Symbol('editing a card')

/** Lets the others on the board see that this card's text is being written. */
export function useEditing(): (editing: boolean) => void {
  return inject(editingKey, () => undefined)
}
