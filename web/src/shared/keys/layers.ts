import { onScopeDispose, readonly, ref, watch, type Ref } from 'vue'

const count = ref(0)

/** How many dialogs lie over the page now. */
export const openDialogs = readonly(count)

/** Counts a dialog while `open` is true, so that the keys of what lies under it rest. */
export function useDialogLayer(open: Ref<boolean>): void {
  let counted = false
  const set = (next: boolean) => {
    if (next === counted) return
    counted = next
    count.value += next ? 1 : -1
  }
  watch(open, set, { immediate: true, flush: 'sync' })
  onScopeDispose(() => set(false))
}
