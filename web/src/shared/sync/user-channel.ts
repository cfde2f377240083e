import type { Board } from '@/shared/api/types'

import { LiveSocket, type SocketPlatform, type SocketState } from './live-socket'
import type { ServerMessage, UserJobTick } from './wire'

export interface UserChannelOptions {
  root: string
  token: () => string | null
  refresh: () => Promise<boolean>
  /** Boards that appeared or changed, and ids of those that went. */
  onBoards: (changed: Board[], removed: string[]) => void
  /** Jobs of one's own that have come to another state, or were deleted. */
  onJobs?: (ids: string[]) => void
  /** How far a running job is. */
  onProgress?: (job: UserJobTick) => void
  /** Changes may have been missed: what was read before has to be read again. */
  onStale: () => void
  onState?: (state: SocketState) => void
  platform?: SocketPlatform
}

interface UserPatch {
  upsert?: { boards?: Board[]; jobs?: { id: string }[] }
  remove?: { boards?: string[]; jobs?: string[] }
}

/** The user's own stream, which keeps the list of boards live. */
export class UserChannel {
  private readonly socket: LiveSocket
  private seq: number | null = null

  constructor(private readonly options: UserChannelOptions) {
    this.socket = new LiveSocket({
      url: () => `${options.root}/ws`,
      token: options.token,
      refresh: options.refresh,
      afterAuth: () => {
        const since = this.seq === null ? {} : { since: this.seq }
        return { type: 'subscribe', channel: 'user', ...since }
      },
      onMessage: (message) => this.receive(message),
      onState: (state) => options.onState?.(state),
      platform: options.platform,
    })
  }

  start(): void {
    this.socket.start()
  }

  stop(): void {
    this.socket.stop()
  }

  private receive(message: ServerMessage): void {
    if (message.type === 'ready' || message.type === 'resync') {
      this.socket.ready()
      if (message.channel !== 'user') return
      const known = this.seq
      if (message.type === 'resync' || known === null) {
        this.seq = message.seq
        this.options.onStale()
      }
    } else if (message.type === 'event' && message.channel === 'user') {
      if (this.seq !== null && message.seq <= this.seq) return
      const gap = this.seq !== null && message.seq > this.seq + 1
      this.seq = message.seq
      const { upsert, remove } = message.patch as UserPatch
      this.options.onBoards(upsert?.boards ?? [], remove?.boards ?? [])
      const jobs = [...(upsert?.jobs ?? []).map((job) => job.id), ...(remove?.jobs ?? [])]
      if (jobs.length > 0) this.options.onJobs?.(jobs)
      if (gap) this.options.onStale()
    } else if (message.type === 'job' && message.channel === 'user') {
      this.options.onProgress?.(message.job)
    } else if (message.type === 'error' && message.channel === 'user') {
      // Refused while the database is away; without the channel the lists would stay as they are.
      this.socket.startOver()
    }
  }
}
