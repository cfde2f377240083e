import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { useSession } from '@/shared/api'
import { apiMessage } from '@/shared/messages'
import { toast } from '@/shared/ui/toast'

import { cancelJob, retryJob, type Job } from './api'
import { useJobNews } from './live'
import { isOver } from './states'

/** What people do with a job wherever it is shown; refusals are told in a toast. */
export function useJobActions() {
  const { t } = useI18n()
  const session = useSession()
  const hear = useJobNews()
  const busy = ref(false)

  async function act(work: () => Promise<void>): Promise<void> {
    busy.value = true
    try {
      await work()
    } catch (failure) {
      toast(apiMessage(failure), { tone: 'error' })
    } finally {
      busy.value = false
    }
  }
  const cancel = (job: Job) =>
    act(async () => {
      await cancelJob(job.id)
      hear([job.id])
    })
  const retry = (job: Job) =>
    act(async () => {
      const made = await retryJob(job.id)
      hear([made.id])
      toast(t('jobs.retried', { number: made.number }))
    })

  return {
    busy,
    act,
    cancel,
    retry,
    /** Its owner may; whether an editor of its board may, the place that shows it knows. */
    isMine: (job: Job) => job.owner_id === session.user?.id || session.isSuperuser,
    canCancel: (job: Job) => !isOver(job) && job.state !== 'cancelling',
    canRetry: (job: Job) => isOver(job),
  }
}
