import type { Worker } from './machines'

export type WorkerState = 'online' | 'late' | 'silent' | 'draining' | 'stopped'

const lateAfter = 20
const silentAfter = 60

/** How a worker is, judged by its own words and by how long ago the last one came. */
export function workerState(worker: Pick<Worker, 'stopped_at' | 'silent_s' | 'draining'>): WorkerState {
  if (worker.stopped_at !== null) return 'stopped'
  if (worker.silent_s > silentAfter) return 'silent'
  if (worker.draining) return 'draining'
  return worker.silent_s > lateAfter ? 'late' : 'online'
}

export const workerTones: Record<WorkerState, 'green' | 'amber' | 'red' | 'gray'> = {
  online: 'green',
  late: 'amber',
  draining: 'amber',
  silent: 'red',
  stopped: 'gray',
}
