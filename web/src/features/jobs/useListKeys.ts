import type { Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { BulkAction, Job } from '@/shared/jobs/api'
import { useShortcuts } from '@/shared/keys'

/** The row that has the focus; moving between rows is moving the focus, so Enter opens the job. */
function focusedId(): string | undefined {
  return document.activeElement?.closest<HTMLElement>('[data-job]')?.dataset.job
}

function focusRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-job]')]
  const at = rows.findIndex((row) => row.dataset.job === focusedId())
  const next = at < 0 ? rows[0] : rows[at + step]
  next?.querySelector<HTMLElement>('a')?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

interface Handlers {
  jobs: Ref<Job[]>
  chosen: Ref<Job[]>
  toggle: (id: string, range?: boolean) => void
  clear: () => void
  act: (action: BulkAction, jobs: Job[]) => void
  why: (job: Job) => void
  create: () => void
}

/** The keys of the list. Actions are for what is chosen, else for the row that has the focus. */
export function useListKeys({ jobs, chosen, toggle, clear, act, why, create }: Handlers): void {
  const { t } = useI18n()
  const group = () => t('jobsTop.title')
  const focused = () => jobs.value.find((job) => job.id === focusedId())
  const meant = (): Job[] => {
    const job = focused()
    if (chosen.value.length > 0) return chosen.value
    return job ? [job] : []
  }
  const choose = (range: boolean) => {
    const id = focusedId()
    if (id !== undefined) toggle(id, range)
  }
  // A checkbox and a button take the space bar themselves.
  const onLink = () => document.activeElement?.matches('[data-job] a') === true
  useShortcuts([
    { keys: 'j', label: () => t('jobs.keys.next'), group, run: () => focusRow(1) },
    { keys: 'k', label: () => t('jobs.keys.previous'), group, run: () => focusRow(-1) },
    { keys: 'space', label: () => t('jobs.keys.choose'), group, when: onLink, run: () => choose(false) },
    { keys: 'shift+space', label: () => t('jobs.keys.range'), group, when: onLink, run: () => choose(true) },
    { keys: 'x', label: () => t('jobs.cancel'), group, run: () => act('cancel', meant()) },
    { keys: 'r', label: () => t('jobs.again'), group, run: () => act('retry', meant()) },
    {
      keys: 'w',
      label: () => t('jobs.keys.why'),
      group,
      run: () => {
        const job = focused()
        if (job) why(job)
      },
    },
    { keys: 'c', label: () => t('jobs.new'), group, run: create },
    {
      keys: '/',
      label: () => t('jobs.find'),
      group,
      run: () => document.querySelector<HTMLInputElement>('#find-job input')?.focus(),
    },
    { keys: 'escape', label: () => t('jobs.bulk.clear'), group, when: () => chosen.value.length > 0, run: clear },
  ])
}
