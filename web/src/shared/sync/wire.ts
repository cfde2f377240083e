import type { components } from '@/shared/api/schema'
import type { BoardEvent, Id } from '@/shared/api/types'

type JobState = components['schemas']['JobOut']['state']

/** Who looks at which card of a board. */
export interface Presence {
  user_id: Id
  card_id: Id | null
  editing: boolean
}

/** Progress of a running job; it is not kept anywhere. */
export interface JobTick {
  card_id: Id
  job: UserJobTick
}
export interface UserJobTick {
  id: Id
  state: JobState
  percent: number | null
  step: string | null
  detail?: string | null
}

/** What the server says on a socket; unknown types are ignored. */
export type ServerMessage =
  | { type: 'ready'; seq: number; channel?: string }
  | ({ type: 'event'; channel?: string } & BoardEvent)
  | { type: 'resync'; seq: number; channel?: string }
  | { type: 'ping' }
  | { type: 'pong' }
  | { type: 'error'; code: string; channel?: string }
  | { type: 'presence'; users: Presence[]; channel?: string }
  | ({ type: 'job'; channel?: string } & JobTick)
