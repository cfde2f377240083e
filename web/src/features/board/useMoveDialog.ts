import { inject, provide, ref, type InjectionKey, type Ref } from 'vue'

interface MoveDialogControl {
  cardId: Ref<string | null>
  open: (cardId: string) => void
}

const key: InjectionKey<MoveDialogControl> = Symbol('move dialog')

/** Makes the board's one "Move to" dialog available to everything inside. */
export function provideMoveDialog(): MoveDialogControl {
  const cardId = ref<string | null>(null)
  const control = { cardId, open: (id: string) => (cardId.value = id) }
  provide(key, control)
  return control
}

export function useMoveDialog(): MoveDialogControl {
  const control = inject(key)
  if (!control) throw new Error('There is no board around this component.')
  return control
}
