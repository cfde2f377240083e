import type { ImportReport } from '@/shared/api'

/** What the table shows, in this order; other counts are told in words. */
export const countedKinds = [
  'lists',
  'cards',
  'labels',
  'checklists',
  'checklist_items',
  'comments',
  'attachments',
] as const
export type CountedKind = (typeof countedKinds)[number]

export interface ReportRow {
  kind: CountedKind
  found: number
  arrives: number
  lost: number
}

// These arrive, only not quite as they were; they belong to no "left out" column.
const changedOnly = new Set(['control_characters', 'cut', 'empty', 'kept_as_link', 'reopened'])

/** Whether an entry says that something is missing afterwards, not just different. */
export function isLoss(entry: ImportReport['left_out'][number]): boolean {
  return !changedOnly.has(entry.code)
}

/** One row for each kind of thing: how many there were, how many arrive. */
export function reportRows(report: ImportReport): ReportRow[] {
  return countedKinds.map((kind) => {
    const arrives = report.counts[kind]
    const lost = report.left_out
      .filter((entry) => entry.kind === kind && isLoss(entry))
      .reduce((sum, entry) => sum + entry.count, 0)
    return { kind, found: arrives + lost, arrives, lost }
  })
}

/** All rows in one. */
export function totalOf(rows: readonly ReportRow[]): Omit<ReportRow, 'kind'> {
  const total = { found: 0, arrives: 0, lost: 0 }
  for (const row of rows) {
    total.found += row.found
    total.arrives += row.arrives
    total.lost += row.lost
  }
  return total
}

/** The server writes `Kind: reason` in the reader's language; the page sets them apart. */
export function splitReason(text: string): { kind: string; reason: string } {
  const found = /^(.+?)(?:: |：)(.+)$/s.exec(text)
  return { kind: found?.[1] ?? text, reason: found?.[2] ?? '' }
}
