import { describe, expect, it } from 'vitest'

import type { CardFace } from '@/shared/api'

import { filterFromQuery, filterSize, filterToQuery, matcher, noFilter } from './filter'

const card: CardFace = {
  id: 'c1',
  board_id: 'b1',
  list_id: 'l1',
  number: 176,
  title: 'Archive the keynote recordings 归档录像',
  rank: 'a',
  version: 1,
  priority: 'none',
  start_at: null,
  due_at: '2026-11-24T10:00:00Z',
  completed_at: null,
  label_ids: ['media'],
  assignee_ids: ['amir'],
  comment_count: 0,
  attachment_count: 0,
  checklist_done: 0,
  checklist_total: 0,
  cover_url: null,
  job: null,
  archived_at: null,
}
const now = Date.parse('2026-11-22T12:00:00Z')

function finds(filter: Partial<typeof noFilter>, of: Partial<CardFace> = {}): boolean {
  const test = matcher({ ...noFilter, ...filter }, 'PL', now)
  return test === null || test({ ...card, ...of })
}

describe('a filter of cards', () => {
  it('finds every word of the text in the title or the name of the card', () => {
    expect(finds({ text: 'keynote arch' })).toBe(true)
    expect(finds({ text: 'keynote cat' })).toBe(false)
    expect(finds({ text: 'pl-176' })).toBe(true)
    expect(finds({ text: '#176' })).toBe(true)
    expect(finds({ text: '录像' })).toBe(true)
  })

  it('takes any of several labels or people, and cards without any', () => {
    expect(finds({ labels: ['ops', 'media'] })).toBe(true)
    expect(finds({ labels: ['none'] })).toBe(false)
    expect(finds({ labels: ['none'] }, { label_ids: [] })).toBe(true)
    expect(finds({ labels: ['media'], assignees: ['yan'] })).toBe(false)
  })

  it('knows overdue, today, this week and undated', () => {
    expect(finds({ due: 'week' })).toBe(true)
    expect(finds({ due: 'today' })).toBe(false)
    expect(finds({ due: 'overdue' })).toBe(false)
    expect(finds({ due: 'overdue' }, { due_at: '2026-11-20T10:00:00Z' })).toBe(true)
    const done = { due_at: '2026-11-20T10:00:00Z', completed_at: '2026-11-20T09:00:00Z' }
    expect(finds({ due: 'overdue' }, done)).toBe(false)
    expect(finds({ due: 'none' }, { due_at: null })).toBe(true)
  })

  it('survives the way through the address', () => {
    const filter = { text: 'a b', labels: ['x', 'y'], assignees: ['none'], due: 'week' as const }
    const query = Object.fromEntries(
      Object.entries(filterToQuery(filter)).map(([name, value]) => [name, value ?? null]),
    )
    expect(filterFromQuery(query)).toEqual(filter)
    expect(filterSize(filter)).toBe(4)
    expect(filterSize(filterFromQuery({ due: 'nonsense' }))).toBe(0)
  })
})
