import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { changeJobs, type BulkAction, type Job } from '@/shared/jobs/api'
import { useJobNews } from '@/shared/jobs/live'
import { isOver } from '@/shared/jobs/states'
import { apiMessage } from '@/shared/messages'
import { confirm } from '@/shared/ui/confirm'
import { toast } from '@/shared/ui/toast'

/** Whether a job is in a state that the action is for. */
export function fits(action: BulkAction, job: Job): boolean {
  return action === 'cancel' ? !isOver(job) && job.state !== 'cancelling' : isOver(job)
}

/** One action on some jobs; what was refused is told in numbers. */
export function useBulk() {
  const { t } = useI18n()
  const hear = useJobNews()
  const busy = ref(false)

  async function agreed(action: BulkAction, jobs: Job[]): Promise<boolean> {
    if (action !== 'delete') return true
    const count = jobs.length
    return confirm({
      title:
        count === 1
          ? t('jobs.deleteTitle', { name: jobs[0]?.title ?? '' })
          : t('jobs.bulk.deleteTitle', { count }),
      text: t('jobs.deleteText'),
      yes: t('jobs.delete'),
      danger: true,
    })
  }
  /** True when it was done, for some of them at least. */
  async function run(action: BulkAction, jobs: Job[]): Promise<boolean> {
    const fitting = jobs.filter((job) => fits(action, job))
    if (fitting.length === 0 || busy.value || !(await agreed(action, fitting))) return false
    busy.value = true
    try {
      const outcomes = await changeJobs(
        action,
        fitting.map((job) => job.id),
      )
      const refused = outcomes.filter((one) => one.code !== null).length
      const count = outcomes.length - refused
      hear(outcomes.map((one) => one.id))
      if (refused > 0) toast(t('jobs.bulk.refused', { count: refused }, refused), { tone: 'error' })
      if (count > 0) toast(t(`jobs.bulk.done.${action}`, { count }, count))
      return count > 0
    } catch (failure) {
      toast(apiMessage(failure), { tone: 'error' })
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, run }
}
