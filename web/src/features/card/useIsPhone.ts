import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether the screen is as narrow as a phone's, where the card fills it. */
export function useIsPhone(): Ref<boolean> {
  const query = matchMedia('(max-width: 760px)')
  const narrow = ref(query.matches)
  const follow = () => (narrow.value = query.matches)
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))
  return narrow
}
