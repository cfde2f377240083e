import { onScopeDispose, ref } from 'vue'

/** Seconds left until zero, for a button that has to wait. */
export function useCountdown() {
  const left = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined

  function start(seconds: number): void {
    clearInterval(timer)
    left.value = Math.ceil(seconds)
    timer = setInterval(() => {
      left.value -= 1
      if (left.value <= 0) clearInterval(timer)
    }, 1_000)
  }

  onScopeDispose(() => clearInterval(timer))
  return { left, start }
}
