import { formatAgo, formatDateTime } from '@/shared/format'
import { i18n } from '@/shared/i18n'
import type { Job } from '@/shared/jobs/api'

export type Wait = Job['waiting_for'][number]

/** What is known of a reason beyond its name: the time, the limit, somebody's words. */
export function waitDetail({ code, detail }: Wait, now = Date.now()): string {
  const { t } = i18n.global
  if ((code === 'run_at' || code === 'retry') && typeof detail.run_at === 'string') {
    return `${formatDateTime(detail.run_at)} · ${formatAgo(detail.run_at, now)}`
  }
  if (code === 'queue_paused') return typeof detail.reason === 'string' ? detail.reason : ''
  if (code === 'no_worker') return t('jobs.why.queue', { queue: String(detail.queue) })
  if (code === 'key_full') return t('jobs.why.key', { key: String(detail.key), limit: Number(detail.limit) })
  if (code === 'slots') return t('jobs.why.slots', { count: Number(detail.slots) }, Number(detail.slots))
  return ''
}
