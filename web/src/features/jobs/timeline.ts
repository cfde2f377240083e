import type { Job, JobAttempt } from '@/shared/jobs/api'

/** A stretch of an attempt on the axis of all attempts, in percent of it. */
export interface AttemptBar {
  attempt: JobAttempt
  waitStart: number
  start: number
  end: number
  tone: 'accent' | 'green' | 'red' | 'amber' | 'gray'
  seconds: number
}

const tones: Record<string, AttemptBar['tone']> = {
  succeeded: 'green',
  cancelled: 'gray',
  interrupted: 'amber',
  crashed: 'amber',
}

/** The attempts of a job on one axis from its making to its end, or to now. */
export function attemptBars(job: Pick<Job, 'created_at' | 'finished_at'>, attempts: JobAttempt[], now: number): AttemptBar[] {
  const first = Date.parse(job.created_at)
  const last = Math.max(first + 1, job.finished_at === null ? now : Date.parse(job.finished_at))
  const place = (moment: number): number => Math.min(100, Math.max(0, ((moment - first) / (last - first)) * 100))
  return attempts.map((attempt, index) => {
    const before = index === 0 ? job.created_at : (attempts[index - 1]?.finished_at ?? attempt.started_at)
    const from = Date.parse(attempt.started_at)
    const to = attempt.finished_at === null ? last : Date.parse(attempt.finished_at)
    return {
      attempt,
      waitStart: place(Date.parse(before)),
      start: place(from),
      end: place(to),
      tone: attempt.outcome === null ? 'accent' : (tones[attempt.outcome] ?? 'red'),
      seconds: Math.max(0, (to - from) / 1000),
    }
  })
}
