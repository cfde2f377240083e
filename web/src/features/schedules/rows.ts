import type { RecentRun, Schedule } from '@/shared/schedule/api'

export type ResultTone = 'green' | 'amber' | 'red' | 'gray' | 'accent' | 'hollow'

/** How a run is drawn: a success that took several attempts is told apart. */
export function toneOf(run: RecentRun): ResultTone {
  switch (run.state) {
    case 'succeeded':
      return run.attempt > 1 ? 'amber' : 'green'
    case 'failed':
    case 'discarded':
      return 'red'
    case 'cancelled':
      return 'gray'
    case 'running':
    case 'cancelling':
      return 'accent'
    default:
      return 'hollow'
  }
}

/** The runs at the beginning of the newest-first list that failed; those not over yet do not count. */
export function failedInARow(recent: readonly RecentRun[]): RecentRun[] {
  const over = recent.filter((run) => !['hollow', 'accent'].includes(toneOf(run)))
  const good = over.findIndex((run) => toneOf(run) !== 'red')
  return good < 0 ? over : over.slice(0, good)
}

export type ScheduleFilter = 'all' | 'failing' | 'paused' | 'mine'

export function matches(
  schedule: Schedule,
  filter: ScheduleFilter,
  text: string,
  userId: string | undefined,
): boolean {
  const needle = text.trim().toLowerCase()
  if (!`${schedule.name} ${schedule.kind} ${schedule.title ?? ''}`.toLowerCase().includes(needle)) {
    return false
  }
  switch (filter) {
    case 'failing':
      return failedInARow(schedule.recent).length > 0
    case 'paused':
      return schedule.paused_at !== null
    case 'mine':
      return schedule.owner_id === userId
    default:
      return true
  }
}

/** What comes next stands first; what is paused or over stands last. */
export function inOrder(schedules: readonly Schedule[]): Schedule[] {
  const rank = (schedule: Schedule): string =>
    schedule.paused_at === null ? (schedule.next_run_at ?? 'x') : 'y'
  return [...schedules].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0))
}
