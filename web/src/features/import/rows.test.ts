import { describe, expect, it } from 'vitest'

import type { ImportReport } from '@/shared/api'

import { reportRows, splitReason, totalOf } from './rows'

const report: ImportReport = {
  board_id: null,
  board_name: 'Product launch',
  dry_run: true,
  again: false,
  counts: {
    lists: 7,
    archived_lists: 1,
    cards: 412,
    archived_cards: 14,
    labels: 24,
    comments: 1986,
    checklists: 41,
    checklist_items: 1284,
    attachments: 188,
    members_matched: 9,
    already_there: 0,
  },
  unmatched_members: [],
  left_out: [
    { kind: 'comments', code: 'empty_comment', count: 18, reason: 'Comments: without text' },
    { kind: 'attachments', code: 'bad_url', count: 13, reason: 'Attachments: not an address' },
    { kind: 'attachments', code: 'kept_as_link', count: 40, reason: 'Attachments: kept as links' },
    { kind: 'power_ups', code: 'unsupported', count: 3, reason: 'Power-Up data: nothing like it' },
  ],
}

describe('the report of an import', () => {
  it('counts as found what arrives and what is left out, not what only changes', () => {
    const rows = reportRows(report)
    const row = (kind: string) => rows.find((entry) => entry.kind === kind)
    expect(row('comments')).toMatchObject({ found: 2004, arrives: 1986, lost: 18 })
    expect(row('attachments')).toMatchObject({ found: 201, arrives: 188, lost: 13 })
    expect(row('cards')).toMatchObject({ found: 412, arrives: 412, lost: 0 })
  })

  it('adds up', () => {
    const rows = reportRows(report)
    const total = totalOf(rows)
    expect(total.found).toBe(total.arrives + total.lost)
    expect(total.lost).toBe(31)
  })

  it('sets kind and reason apart in both languages', () => {
    expect(splitReason('Comments: without text')).toEqual({
      kind: 'Comments',
      reason: 'without text',
    })
    expect(splitReason('评论：没有文字')).toEqual({ kind: '评论', reason: '没有文字' })
    expect(splitReason('Something')).toEqual({ kind: 'Something', reason: '' })
  })
})
