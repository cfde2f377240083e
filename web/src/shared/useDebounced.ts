import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** Follows a value once it has been still for a while. */
export function useDebounced<T>(source: Ref<T>, delay: number): Ref<T> {
  const settled = ref(source.value) as Ref<T>
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(source, (next) => {
    clearTimeout(timer)
    timer = setTimeout(() => (settled.value = next), delay)
  })
  onScopeDispose(() => clearTimeout(timer))
  return settled
}
