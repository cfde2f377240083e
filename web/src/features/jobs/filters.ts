import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import type { JobsQuery, JobState } from '@/shared/jobs/api'
import { failedStates, runningStates, waitingStates } from '@/shared/jobs/states'

export const shows = ['all', 'running', 'waiting', 'failed', 'done'] as const
export type Show = (typeof shows)[number]
export const spans = ['hour', 'day', 'week', 'month'] as const
export type Span = (typeof spans)[number]

/** What the list is narrowed to; the empty string narrows nothing. */
export interface Filters {
  show: Show
  kind: string
  queue: string
  owner: '' | 'me'
  span: '' | Span
  q: string
  card: string
}

export type GroupName = 'attention' | 'running' | 'waiting' | 'ended'
const endedStates: JobState[] = ['succeeded', 'failed', 'discarded', 'cancelled', 'skipped']

const textOf = (value: LocationQuery[string] | undefined): string =>
  typeof value === 'string' ? value : ''
function oneOf<T extends string>(choices: readonly T[], value: string): T | undefined {
  return choices.find((choice) => choice === value)
}

/** The address bar holds what is shown, so that a reload and a link show the same. */
export function filtersIn(query: LocationQuery): Filters {
  return {
    show: oneOf(shows, textOf(query.show)) ?? 'all',
    kind: textOf(query.kind),
    queue: textOf(query.queue),
    owner: query.owner === 'me' ? 'me' : '',
    span: oneOf(spans, textOf(query.time)) ?? '',
    q: textOf(query.q),
    card: textOf(query.card),
  }
}

export function queryOf(filters: Filters): LocationQueryRaw {
  const { show, span, ...rest } = filters
  return Object.fromEntries(
    Object.entries({ ...rest, show: show === 'all' ? '' : show, time: span }).map(([name, value]) => [
      name,
      value === '' ? undefined : value,
    ]),
  )
}

export function isNarrowed(filters: Filters): boolean {
  return Object.values(queryOf(filters)).some((value) => value !== undefined)
}

const hours: Record<Span, number> = { hour: 1, day: 24, week: 7 * 24, month: 30 * 24 }

/** The same for the server; `now` is cut to minutes, so that a reading can be kept that long. */
export function jobsQuery(filters: Filters, states: JobState[], me: string | undefined, now: number): JobsQuery {
  const minute = Math.floor(now / 60_000) * 60_000
  return {
    states,
    q: filters.q,
    cardId: filters.card || undefined,
    kind: filters.kind || undefined,
    queue: filters.queue || undefined,
    owner: filters.owner === 'me' ? me : undefined,
    createdAfter: filters.span === '' ? undefined : new Date(minute - hours[filters.span] * 3_600_000).toISOString(),
  }
}

/** The states that a group shows under a filter; none where the filter leaves the group out. */
export function statesOf(group: GroupName, show: Show): JobState[] {
  if (group === 'attention') return show === 'all' ? failedStates : []
  if (group === 'running') return show === 'all' || show === 'running' ? runningStates : []
  if (group === 'waiting') return show === 'all' || show === 'waiting' ? waitingStates : []
  if (show === 'failed') return failedStates
  if (show === 'done') return ['succeeded']
  return show === 'all' ? endedStates : []
}
