import { useQuery, type EntryKey } from '@pinia/colada'
import { computed, onScopeDispose, ref, watch } from 'vue'

import { NetworkError } from '@/shared/api'

/**
 * A reading that is asked again every few seconds while the page can be seen. What was read stays
 * when the server is away; `asOf` says from when it is.
 */
export function usePolled<T>(
  key: () => EntryKey,
  query: (signal: AbortSignal) => Promise<T>,
  everyMs: number,
) {
  const reading = useQuery({ key, query: ({ signal }) => query(signal), staleTime: everyMs / 2 })
  const asOf = ref<number | null>(null)
  watch(
    reading.data,
    (data) => {
      if (data !== undefined) asOf.value = Date.now()
    },
    { immediate: true },
  )
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void reading.refetch()
  }, everyMs)
  const onReturn = () => {
    if (document.visibilityState === 'visible') void reading.refresh()
  }
  document.addEventListener('visibilitychange', onReturn)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', onReturn)
  })

  return {
    data: reading.data,
    error: reading.error,
    status: reading.status,
    isBusy: computed(() => reading.asyncStatus.value === 'loading'),
    refetch: () => reading.refetch(),
    asOf,
    isOffline: computed(() => reading.error.value instanceof NetworkError),
  }
}
