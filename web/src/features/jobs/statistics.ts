import type { JobStats } from './machines'

export interface ChartSeries {
  label: string
  /** A token of the theme, such as `green`. */
  color: string
  values: (number | null)[]
}

type Counts = JobStats['states']

const sum = (counts: Counts, states: string[]): number =>
  states.reduce((total, state) => total + (counts[state] ?? 0), 0)

/** What became of jobs, in the four groups that a chart shows. */
export function outcomes(counts: Counts) {
  return {
    succeeded: sum(counts, ['succeeded']),
    failed: sum(counts, ['failed', 'discarded']),
    cancelled: sum(counts, ['cancelled', 'skipped']),
    open: sum(counts, ['queued', 'blocked', 'running', 'cancelling']),
  }
}
export type OutcomeName = keyof ReturnType<typeof outcomes>
export const outcomeNames: OutcomeName[] = ['succeeded', 'failed', 'cancelled', 'open']
export const outcomeColors: Record<OutcomeName, string> = {
  succeeded: 'green',
  failed: 'red',
  cancelled: 'gray',
  open: 'accent',
}

/** The part of the jobs that ended well, of those that ended well or badly; null where none did. */
export function successShare(counts: Counts): number | null {
  const { succeeded, failed } = outcomes(counts)
  return succeeded + failed === 0 ? null : succeeded / (succeeded + failed)
}

export const total = (counts: Counts): number => Object.values(counts).reduce((all, one) => all + one, 0)
