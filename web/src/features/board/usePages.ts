import { onScopeDispose, ref, shallowRef } from 'vue'

import type { Page } from '@/shared/api'

/** A list read page by page, newest first; `reload` begins again. */
export function usePages<T>(read: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>) {
  const items = shallowRef<T[]>([])
  const more = ref(false)
  const loading = ref(false)
  const failure = shallowRef<unknown>(null)
  let cursor: string | null = null
  let under = new AbortController()

  async function load(fresh: boolean): Promise<void> {
    under.abort()
    under = new AbortController()
    const { signal } = under
    loading.value = true
    failure.value = null
    try {
      const page = await read(fresh ? null : cursor, signal)
      items.value = fresh ? page.items : [...items.value, ...page.items]
      cursor = page.next
      more.value = page.next !== null
    } catch (error) {
      if (!signal.aborted) failure.value = error
    } finally {
      if (!signal.aborted) loading.value = false
    }
  }

  onScopeDispose(() => under.abort())
  return {
    items,
    more,
    loading,
    failure,
    reload: () => load(true),
    loadMore: () => load(false),
  }
}
