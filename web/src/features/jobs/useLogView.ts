import { computed, ref, watch, type Ref } from 'vue'

import type { LogLine } from '@/shared/jobs/api'

import { plainText } from './ansi'

export const levels = ['debug', 'info', 'warning', 'error'] as const
export type Level = (typeof levels)[number]

/** What of a log is shown, and where in it what is searched for stands. */
export function useLogView(lines: Ref<LogLine[]>) {
  const level = ref<Level>('debug')
  const typed = ref('')
  const wanted = computed(() => typed.value.trim().toLowerCase())
  const place = ref(0)

  /** The places of the lines, not the lines: a log of 100,000 is gone through at each new one. */
  const shown = computed(() => {
    const least = levels.indexOf(level.value)
    return lines.value.flatMap((line, at) => (levels.indexOf(line.level as Level) >= least ? [at] : []))
  })
  const hits = computed(() =>
    wanted.value === ''
      ? []
      : shown.value.flatMap((at, index) => {
          const line = lines.value[at]
          return line && plainText(line).toLowerCase().includes(wanted.value) ? [index] : []
        }),
  )
  watch([wanted, level], () => (place.value = 0))
  /** Goes to the next hit or the one before, round and round, and gives its row. */
  function step(by: 1 | -1): number | undefined {
    const count = hits.value.length
    if (count === 0) return undefined
    place.value = (place.value + by + count) % count
    return hits.value[place.value]
  }
  return { level, typed, wanted, shown, hits, place, step, row: computed(() => hits.value[place.value]) }
}
