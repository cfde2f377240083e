import { useQueryCache } from '@pinia/colada'
import { shallowReactive } from 'vue'

import type { JobState } from './api'

export interface JobProgress {
  id: string
  state: JobState
  percent: number | null
  step: string | null
  detail?: string | null
}

/** The last word of each running job; nothing else keeps it. */
const ticks = shallowReactive(new Map<string, JobProgress>())
const most = 500
const settle = 150

export function useJobTicks() {
  return ticks
}

export function takeTick(job: JobProgress): void {
  ticks.delete(job.id)
  ticks.set(job.id, job)
  const oldest = ticks.size > most ? ticks.keys().next().value : undefined
  if (oldest !== undefined) ticks.delete(oldest)
}

/** Jobs that are being deleted from here: nothing is read of them again. */
const leaving = new Set<string>()

/** Does what deletes a job, and reads nothing of it meanwhile or afterwards unless that fails. */
export async function whileLeaving(id: string, work: () => Promise<void>): Promise<void> {
  leaving.add(id)
  try {
    await work()
  } catch (failure) {
    leaving.delete(id)
    throw failure
  }
}

/** What to do with news of jobs: what was read of them before is read again, a little later. */
export function useJobNews() {
  const cache = useQueryCache()
  const due = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function renew(): void {
    timer = undefined
    // A reading that a newer one overtakes is refused; whoever shows it has its error anyway.
    const read = [...due].filter((id) => !leaving.has(id))
    for (const key of [['jobs'], ...read.map((id) => ['job', id])]) {
      cache.invalidateQueries({ key }).catch(() => undefined)
    }
    due.clear()
  }
  return (ids: string[]): void => {
    for (const id of ids) {
      ticks.delete(id)
      due.add(id)
    }
    timer ??= setTimeout(renew, settle)
  }
}
