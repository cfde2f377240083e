import { api } from '@/shared/api/request'
import { newKey } from '@/shared/new-key'
import type { Id, Person, Timestamp } from '@/shared/api/types'

export type Misfire = 'skip' | 'once' | 'all'
export type Overlap = 'skip' | 'allow' | 'queue' | 'cancel_previous'

export interface Trigger {
  trigger: 'cron' | 'interval' | 'once'
  cron: string | null
  every_s: number | null
  at: Timestamp | null
  time_zone: string
}

export interface ScheduleBody extends Trigger {
  name: string
  kind: string
  params: Record<string, unknown>
  title?: string | null
  queue?: string | null
  priority?: number
  max_attempts?: number | null
  timeout_s?: number | null
  card_id?: Id | null
  misfire: Misfire
  grace_s: number
  overlap: Overlap
}

/** One of the newest runs of a schedule. */
export interface RecentRun {
  id: Id
  number: number
  state: string
  attempt: number
  finished_at: Timestamp | null
  error: { code: string; message: string } | null
}

export interface Schedule extends Required<ScheduleBody> {
  id: Id
  owner_id: Id
  owner: Pick<Person, 'id' | 'username' | 'full_name' | 'avatar_url'>
  board_id: Id | null
  next_run_at: Timestamp | null
  last_run_at: Timestamp | null
  paused_at: Timestamp | null
  paused_by: Id | null
  pause_reason: string | null
  /** The newest first, at most twenty. */
  recent: RecentRun[]
  version: number
  created_at: Timestamp
  updated_at: Timestamp
}

interface SchedulePage {
  items: Schedule[]
  next: string | null
}
const mostPages = 20

/** Every schedule that the user may see. */
export async function listSchedules(signal?: AbortSignal): Promise<Schedule[]> {
  const schedules: Schedule[] = []
  let cursor: string | null = null
  for (let page = 0; page < mostPages; page += 1) {
    const answer: SchedulePage = await api.get('/schedules', { query: { limit: 100, cursor }, signal })
    schedules.push(...answer.items)
    cursor = answer.next
    if (cursor === null) break
  }
  return schedules
}

const at = (id: Id, verb = ''): string => `/schedules/${encodeURIComponent(id)}${verb}`

export function readSchedule(id: Id, signal?: AbortSignal): Promise<Schedule> {
  return api.get(at(id), { signal })
}

/** A repeated attempt with the same key makes no second schedule. */
export function createSchedule(body: ScheduleBody, key: string): Promise<Schedule> {
  return api.post('/schedules', { body, idempotencyKey: key })
}

export function editSchedule(
  id: Id,
  changes: Partial<ScheduleBody> & { base_version?: number },
): Promise<Schedule> {
  return api.patch(at(id), { body: changes })
}

export async function deleteSchedule(id: Id): Promise<void> {
  await api.delete(at(id))
}

export function pauseSchedule(id: Id, reason: string | null = null): Promise<Schedule> {
  return api.post(at(id, '/pause'), { body: { reason } })
}

export function resumeSchedule(id: Id): Promise<Schedule> {
  return api.post(at(id, '/resume'))
}

/** Starts a job of the schedule now, beside its plan. */
export function runSchedule(id: Id): Promise<{ id: Id; number: number }> {
  return api.post(at(id, '/run'), { idempotencyKey: newKey() })
}

/** The next runs of a trigger that need not be saved. */
export async function previewRuns(trigger: Trigger, signal?: AbortSignal): Promise<Timestamp[]> {
  const answer: { items: { at: Timestamp }[] } = await api.post('/schedules/preview', {
    body: trigger,
    signal,
  })
  return answer.items.map((run) => run.at)
}
