import { ref } from 'vue'

import { useSession } from '@/shared/api'
import type { Job } from '@/shared/jobs/api'

import { keep, kept } from './keeping'
import { seenAfter, seenSince } from './seen'

/** Up to when somebody has seen which jobs failed. */
export function useSeen() {
  const userId = useSession().user?.id ?? ''
  const seen = ref(seenSince(kept('seen', userId), Date.now()))
  function markSeen(jobs: readonly Job[]): void {
    seen.value = seenAfter(jobs, seen.value)
    keep('seen', userId, seen.value)
  }
  return { seen, markSeen }
}
