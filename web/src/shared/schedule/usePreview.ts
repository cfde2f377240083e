import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import { previewRuns } from '@/shared/schedule/api'

import { whenBody, type When } from './when'

/** Long enough that typing a rule asks once. */
const rest = 300

/** The next runs of what the form says now; the last answer stays until the next one is there. */
export function usePreview(when: Ref<When>, wanted: Ref<boolean>) {
  const times = shallowRef<string[] | null>(null)
  const error = ref<unknown>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | undefined

  async function ask(): Promise<void> {
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    try {
      const answer = await previewRuns(whenBody(when.value), mine.signal)
      times.value = answer
      error.value = null
    } catch (failure) {
      if (!mine.signal.aborted) error.value = failure
    }
  }

  watch(
    [when, wanted],
    () => {
      clearTimeout(timer)
      if (!wanted.value) return
      if (when.value.trigger === 'once') {
        // One moment needs no asking.
        asking?.abort()
        times.value = when.value.at === null ? [] : [when.value.at]
        error.value = null
        return
      }
      timer = setTimeout(() => void ask(), times.value === null ? 0 : rest)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    asking?.abort()
  })
  return { times, error }
}
