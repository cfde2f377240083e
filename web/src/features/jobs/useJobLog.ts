import { onScopeDispose, ref, shallowRef } from 'vue'

import { streamLog, type LogLine } from '@/shared/jobs/api'

import { messagesOf } from './sse'

const firstPause = 500
const longestPause = 10_000
const gather = 80

/**
 * A job's log while it is written: every line once, also after a lost connection. With `tail`, only
 * the newest so many lines are read and kept.
 */
export function useJobLog(id: () => string, tail?: number) {
  const lines = shallowRef<LogLine[]>([])
  const isOver = ref(false)
  const error = ref<unknown>(null)
  const stop = new AbortController()
  const isStopped = () => stop.signal.aborted
  let waiting: LogLine[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let offset = 0

  function show(): void {
    timer = undefined
    const all = [...lines.value, ...waiting]
    lines.value = tail === undefined ? all : all.slice(-tail)
    waiting = []
  }
  function take(line: LogLine): void {
    waiting.push(line)
    offset = line.offset
    timer ??= setTimeout(show, gather)
  }

  async function follow(): Promise<boolean> {
    const stream = await streamLog(id(), offset, stop.signal, tail)
    error.value = null
    for await (const { event, data } of messagesOf(stream)) {
      if (event === 'end') return true
      take(JSON.parse(data) as LogLine)
    }
    return false
  }

  async function keepFollowing(): Promise<void> {
    let pause = firstPause
    while (!isStopped() && !isOver.value) {
      try {
        isOver.value = await follow()
        pause = firstPause
      } catch (failure) {
        if (isStopped()) return
        error.value = failure
        pause = Math.min(pause * 2, longestPause)
      }
      if (!isOver.value) await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  void keepFollowing()
  onScopeDispose(() => {
    stop.abort()
    clearTimeout(timer)
  })
  return { lines, isOver, error }
}
