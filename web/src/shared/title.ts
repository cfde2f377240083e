import { onScopeDispose, ref, watch, type MaybeRefOrGetter, toValue } from 'vue'

/** The title a page gives itself, such as a board's name; null leaves the route's own. */
export const pageTitle = ref<string | null>(null)

/** Names the browser's tab for as long as the calling page lives. */
export function useTitle(title: MaybeRefOrGetter<string | null | undefined>): void {
  watch(
    () => toValue(title),
    (next) => (pageTitle.value = next ?? null),
    { immediate: true },
  )
  onScopeDispose(() => (pageTitle.value = null))
}
