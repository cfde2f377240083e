import { ref, shallowRef, watch, type Ref } from 'vue'

import { searchFor, type Found } from '@/shared/search/api'
import { useDebounced } from '@/shared/useDebounced'

const rest = 180
const most = 8

/** What the server finds for what is typed into the palette; older questions are given up. */
export function useFinds(query: Ref<string>, open: Ref<boolean>) {
  const settled = useDebounced(query, rest)
  const found = shallowRef<Found[]>([])
  const state = ref<'idle' | 'busy' | 'failed' | 'done'>('idle')

  async function read(q: string, signal: AbortSignal): Promise<void> {
    state.value = 'busy'
    try {
      // Boards are among the palette's own lines.
      const page = await searchFor({ q, types: ['card', 'comment', 'job'], limit: most }, signal)
      if (signal.aborted) return
      found.value = page.items
      state.value = 'done'
    } catch {
      if (signal.aborted) return
      found.value = []
      state.value = 'failed'
    }
  }

  watch([settled, open], ([typed, isOpen], _before, onCleanup) => {
    const q = typed.trim()
    if (!isOpen || q === '') {
      found.value = []
      state.value = 'idle'
      return
    }
    const controller = new AbortController()
    onCleanup(() => controller.abort())
    void read(q, controller.signal)
  })
  return { found, state }
}
