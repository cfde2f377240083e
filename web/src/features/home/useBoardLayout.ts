import { ref, watch, type Ref } from 'vue'

export type BoardLayout = 'grid' | 'list'

const storageKey = 'taskly.boards.layout'

/** Tiles or rows, remembered by this browser. */
export function useBoardLayout(): Ref<BoardLayout> {
  let stored: string | null = null
  try {
    stored = localStorage.getItem(storageKey)
  } catch {
    // Storage can be blocked; tiles are the default then.
  }
  const layout = ref<BoardLayout>(stored === 'list' ? 'list' : 'grid')
  watch(layout, (next) => {
    try {
      localStorage.setItem(storageKey, next)
    } catch {
      // Nothing is lost but the memory of it.
    }
  })
  return layout
}
