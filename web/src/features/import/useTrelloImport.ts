import { computed, onScopeDispose, ref, shallowRef } from 'vue'

import { newKey, type ImportReport } from '@/shared/api'
import { uploadFile } from '@/shared/api/upload'

export type ImportStep = 'choose' | 'reading' | 'review' | 'importing' | 'done'

/**
 * The way of one Trello file: chosen, read on trial, looked at, imported. Nothing is written
 * before the person agrees.
 */
export function useTrelloImport() {
  const step = ref<ImportStep>('choose')
  const file = shallowRef<File | null>(null)
  const report = shallowRef<ImportReport | null>(null)
  const failure = shallowRef<unknown>(null)
  /** The part of the file that has been sent; 1 means that the server is at work. */
  const sent = ref(0)
  let stop: AbortController | null = null
  // One key for one file: an import that is tried again after a lost answer runs once.
  let attemptKey = newKey()

  const busy = computed(() => step.value === 'reading' || step.value === 'importing')

  async function upload(dryRun: boolean): Promise<ImportReport | null> {
    if (file.value === null) return null
    stop = new AbortController()
    sent.value = 0
    failure.value = null
    try {
      return await uploadFile<ImportReport>('/imports/trello', file.value, {
        query: { dry_run: String(dryRun) },
        idempotencyKey: dryRun ? undefined : attemptKey,
        onProgress: (share) => (sent.value = share),
        signal: stop.signal,
      })
    } catch (error) {
      const stopped = error instanceof DOMException && error.name === 'AbortError'
      if (!stopped) failure.value = error
      return null
    }
  }

  async function choose(chosen: File): Promise<void> {
    file.value = chosen
    attemptKey = newKey()
    step.value = 'reading'
    report.value = await upload(true)
    step.value = report.value === null ? 'choose' : 'review'
  }

  async function run(): Promise<void> {
    step.value = 'importing'
    const finished = await upload(false)
    if (finished !== null) report.value = finished
    step.value = finished === null ? 'review' : 'done'
  }

  function cancel(): void {
    stop?.abort()
  }

  function startOver(): void {
    cancel()
    step.value = 'choose'
    file.value = null
    report.value = null
    failure.value = null
  }

  onScopeDispose(cancel)
  return { step, file, report, failure, sent, busy, choose, run, cancel, startOver }
}
