import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  Link,
  LoaderCircle,
  RotateCw,
  SkipForward,
  TriangleAlert,
} from '@lucide/vue'
import type { Component } from 'vue'

import type { Job, JobState } from './api'

export type Tone = 'accent' | 'green' | 'amber' | 'red' | 'gray'

/** A state as people read it: a queued job may wait for its time, or for its next try. */
export type Shown = JobState | 'scheduled' | 'retryWait'

const looks: Record<Shown, { icon: Component; tone: Tone }> = {
  queued: { icon: CircleDashed, tone: 'gray' },
  scheduled: { icon: CircleDashed, tone: 'gray' },
  retryWait: { icon: RotateCw, tone: 'amber' },
  blocked: { icon: Link, tone: 'gray' },
  running: { icon: LoaderCircle, tone: 'accent' },
  cancelling: { icon: LoaderCircle, tone: 'amber' },
  succeeded: { icon: CircleCheck, tone: 'green' },
  failed: { icon: TriangleAlert, tone: 'red' },
  discarded: { icon: CircleX, tone: 'red' },
  cancelled: { icon: Ban, tone: 'gray' },
  skipped: { icon: SkipForward, tone: 'gray' },
}

export const runningStates: JobState[] = ['running', 'cancelling']
export const waitingStates: JobState[] = ['queued', 'blocked']
export const failedStates: JobState[] = ['failed', 'discarded']
const terminal: ReadonlySet<JobState> = new Set([
  'succeeded',
  'failed',
  'discarded',
  'cancelled',
  'skipped',
])

export const isOver = (job: Pick<Job, 'state'>): boolean => terminal.has(job.state)
export const isRunning = (job: Pick<Job, 'state'>): boolean => runningStates.includes(job.state)

export function shownState(job: Pick<Job, 'state' | 'run_at' | 'attempt'>, now = Date.now()): Shown {
  if (job.state !== 'queued' || Date.parse(job.run_at) <= now) return job.state
  return job.attempt > 0 ? 'retryWait' : 'scheduled'
}

export const lookOf = (state: Shown) => looks[state]
