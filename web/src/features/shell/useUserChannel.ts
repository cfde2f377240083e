import { onScopeDispose } from 'vue'

import { getAccessToken, refreshSession } from '@/shared/api'
import { apiRoot } from '@/shared/api/transport'
import { useBoardLists } from '@/shared/boards'
import { takeTick, useJobNews } from '@/shared/jobs/live'
import { UserChannel } from '@/shared/sync/user-channel'

/** Keeps the lists of boards and jobs live for as long as the frame is shown. */
export function useUserChannel(): void {
  const { apply, refresh } = useBoardLists()
  const hearOfJobs = useJobNews()
  let first = true
  const channel = new UserChannel({
    root: location.origin.replace(/^http/, 'ws') + apiRoot,
    token: getAccessToken,
    refresh: async () => (await refreshSession()) !== null,
    onBoards: apply,
    onJobs: hearOfJobs,
    onProgress: takeTick,
    onStale: () => {
      // The page has just read the boards when the channel opens for the first time.
      if (!first) {
        refresh()
        hearOfJobs([])
      }
      first = false
    },
  })
  channel.start()
  onScopeDispose(() => channel.stop())
}
