import { onScopeDispose, shallowReactive } from 'vue'

import { newKey } from '@/shared/api'
import { readJob } from '@/shared/jobs/api'
import { isOver } from '@/shared/jobs/states'
import { submitJob, type Job } from '@/shared/kinds/api'

import type { Connection } from './api'

const everyMs = 500
const withinS = 15

/**
 * Trials of connections. A worker makes them, as it makes the queries of jobs: only there it shows
 * whether the server is reached, and whether the file exists.
 */
export function useProbes() {
  const probes = shallowReactive(new Map<string, Job>())
  const timers = new Set<ReturnType<typeof setTimeout>>()

  async function look(connection: Connection, job: Job): Promise<void> {
    // A later trial of the same connection has taken its place.
    if (probes.get(connection.id)?.id !== job.id) return
    try {
      probes.set(connection.id, await readJob(job.id))
    } catch {
      // The server is away for a moment; the trial is not.
    }
    lookLater(connection)
  }
  function lookLater(connection: Connection): void {
    const job = probes.get(connection.id)
    if (job === undefined || isOver(job)) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      void look(connection, job)
    }, everyMs)
    timers.add(timer)
  }

  async function probe(connection: Connection, title: string): Promise<void> {
    const params = { connection: connection.name, sql: 'SELECT 1', within_s: withinS }
    const body = { kind: 'database', title, params, max_attempts: 1, timeout_s: withinS * 2 }
    probes.set(connection.id, await submitJob(body, newKey()))
    lookLater(connection)
  }
  onScopeDispose(() => timers.forEach(clearTimeout))

  return { probes, probe, forget: (id: string) => void probes.delete(id) }
}
