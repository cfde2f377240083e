import type { Job } from '@/shared/jobs/api'

const day = 86_400_000
const longest = 7 * day

/** Since when failures are news: since the mark, but never for longer than a week. */
export function seenSince(stored: unknown, now: number): string {
  const mark = typeof stored === 'string' && !Number.isNaN(Date.parse(stored)) ? stored : null
  if (mark === null) return new Date(now - day).toISOString()
  return Date.parse(mark) < now - longest ? new Date(now - longest).toISOString() : mark
}

/** The mark behind these jobs, in the server's own time: this clock may be wrong. */
export function seenAfter(jobs: readonly Job[], before: string): string {
  const times = jobs.flatMap((job) => job.finished_at ?? [])
  return [before, ...times].reduce((a, b) => (Date.parse(b) > Date.parse(a) || (Date.parse(b) === Date.parse(a) && b > a) ? b : a))
}
