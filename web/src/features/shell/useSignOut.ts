import { useQueryCache } from '@pinia/colada'
import { useRouter } from 'vue-router'

import { useSession } from '@/shared/api'
import { apiMessage } from '@/shared/messages'
import { toast } from '@/shared/ui/toast'

/** Ends this session and forgets what was read with it. */
export function useSignOut(): () => Promise<void> {
  const session = useSession()
  const router = useRouter()
  const cache = useQueryCache()

  return async () => {
    try {
      await session.signOut()
    } catch (error) {
      toast(apiMessage(error), { tone: 'error' })
      return
    }
    for (const entry of cache.getEntries()) cache.remove(entry)
    await router.push({ name: 'signin' })
  }
}
