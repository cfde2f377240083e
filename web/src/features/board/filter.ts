import type { LocationQuery } from 'vue-router'

import type { CardFace } from '@/shared/api'
import { daysBetween } from '@/shared/format'

export const dueFilters = ['overdue', 'today', 'week', 'none'] as const
export type DueFilter = (typeof dueFilters)[number]

/** Which cards to show; ids of labels and people, or `none` for cards without any. */
export interface CardFilter {
  text: string
  labels: string[]
  assignees: string[]
  due: DueFilter | null
}

export const noFilter: CardFilter = { text: '', labels: [], assignees: [], due: null }

function words(value: LocationQuery[string] | undefined): string[] {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '')
  return text.split(',').filter(Boolean)
}

/** The filter as the address says. */
export function filterFromQuery(query: LocationQuery): CardFilter {
  const { q, due } = query
  return {
    text: typeof q === 'string' ? q : '',
    labels: words(query.label),
    assignees: words(query.assignee),
    due: dueFilters.find((known) => known === due) ?? null,
  }
}

/** The same filter for the address; parts that are not set are left out. */
export function filterToQuery(filter: CardFilter): Record<string, string | undefined> {
  return {
    q: filter.text || undefined,
    label: filter.labels.join(',') || undefined,
    assignee: filter.assignees.join(',') || undefined,
    due: filter.due ?? undefined,
  }
}

/** How many parts of the filter are set. */
export function filterSize(filter: CardFilter): number {
  return (
    Number(filter.text.trim() !== '') +
    Number(filter.labels.length > 0) +
    Number(filter.assignees.length > 0) +
    Number(filter.due !== null)
  )
}

function anyOf(wanted: readonly string[], has: readonly string[]): boolean {
  if (wanted.length === 0) return true
  return wanted.some((id) => (id === 'none' ? has.length === 0 : has.includes(id)))
}

function dueMatches(due: DueFilter | null, card: CardFace, now: number): boolean {
  if (due === null) return true
  if (card.due_at === null) return due === 'none'
  if (due === 'none') return false
  const open = card.completed_at === null
  if (due === 'overdue') return open && new Date(card.due_at).getTime() < now
  const days = daysBetween(now, card.due_at)
  return due === 'today' ? days === 0 : days >= 0 && days < 7
}

/** A test for cards; every word of the text must be in the title or name of a card. */
export function matcher(
  filter: CardFilter,
  boardKey: string,
  now = Date.now(),
): ((card: CardFace) => boolean) | null {
  if (filterSize(filter) === 0) return null
  const needles = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  return (card) => {
    const text = `${card.title} ${boardKey}-${card.number} #${card.number}`.toLowerCase()
    return (
      needles.every((needle) => text.includes(needle)) &&
      anyOf(filter.labels, card.label_ids) &&
      anyOf(filter.assignees, card.assignee_ids) &&
      dueMatches(filter.due, card, now)
    )
  }
}
