import { computed, ref, type Ref } from 'vue'

import type { Job } from '@/shared/jobs/api'

/** Which of the shown jobs are chosen; one that leaves the list is no longer. */
export function useSelection(jobs: Ref<Job[]>) {
  const ids = ref(new Set<string>())
  const last = ref<string | null>(null)
  const chosen = computed(() => jobs.value.filter((job) => ids.value.has(job.id)))

  /** With `range`, everything from the last one on becomes as this one. */
  function toggle(id: string, range = false): void {
    const on = !ids.value.has(id)
    const next = new Set(ids.value)
    for (const one of range ? between(last.value ?? id, id) : [id]) {
      if (on) next.add(one)
      else next.delete(one)
    }
    ids.value = next
    last.value = id
  }
  function between(from: string, to: string): string[] {
    const order = jobs.value.map((job) => job.id)
    const places = [order.indexOf(from), order.indexOf(to)].sort((a, b) => a - b)
    return order.slice(Math.max(0, places[0] ?? 0), (places[1] ?? 0) + 1)
  }
  const clear = () => (ids.value = new Set())
  return { chosen, has: (id: string) => ids.value.has(id), toggle, clear }
}
