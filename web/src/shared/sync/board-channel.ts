import type { BoardEvent, Snapshot } from '@/shared/api/types'

import { EventSequencer } from './event-sequencer'
import { LiveSocket, type SocketPlatform, type SocketState } from './live-socket'
import type { JobTick, Presence, ServerMessage } from './wire'

export interface BoardChannelOptions {
  boardId: string
  /** The seq of the snapshot that the reader holds already. */
  since: number
  root: string
  token: () => string | null
  refresh: () => Promise<boolean>
  readSnapshot: () => Promise<Snapshot>
  onSnapshot: (snapshot: Snapshot) => void
  onEvent: (event: BoardEvent) => void
  onState: (state: SocketState) => void
  onPresence: (users: Presence[]) => void
  onJob: (tick: JobTick) => void
  platform?: SocketPlatform
}

const SNAPSHOT_RETRY = 2_000

/**
 * The events of one board, in order and each once. When some are missing it reads a snapshot and
 * goes on from there.
 */
export class BoardChannel {
  private readonly sequence: EventSequencer
  private readonly socket: LiveSocket
  private reading = false
  private stopped = false
  private retry: ReturnType<typeof setTimeout> | undefined
  private focus: { card_id: string | null; editing: boolean } = { card_id: null, editing: false }

  constructor(private readonly options: BoardChannelOptions) {
    this.sequence = new EventSequencer(options.since)
    this.socket = new LiveSocket({
      url: () => `${options.root}/ws/board/${options.boardId}?since=${this.sequence.last}`,
      token: options.token,
      refresh: options.refresh,
      onMessage: (message) => this.receive(message),
      onState: options.onState,
      platform: options.platform,
    })
  }

  start(): void {
    this.socket.start()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.retry)
    this.socket.stop()
  }

  reconnectNow(): void {
    this.socket.reconnectNow()
  }

  /** Tells the others which card is open here. */
  setFocus(cardId: string | null, editing: boolean): void {
    this.focus = { card_id: cardId, editing }
    this.sendFocus()
  }

  private sendFocus(): void {
    this.socket.send({ type: 'focus', ...this.focus })
  }

  private receive(message: ServerMessage): void {
    switch (message.type) {
      case 'ready':
        this.socket.ready()
        if (this.focus.card_id !== null) this.sendFocus()
        break
      case 'event': {
        const event = this.sequence.offer(message)
        if (event) this.options.onEvent(event)
        else if (this.sequence.waiting) void this.resync()
        break
      }
      case 'resync':
        this.socket.ready()
        this.sequence.hold()
        void this.resync()
        break
      case 'presence':
        this.options.onPresence(message.users)
        break
      case 'job':
        this.options.onJob(message)
        break
    }
  }

  private async resync(): Promise<void> {
    if (this.reading) return
    this.reading = true
    while (this.incomplete()) {
      try {
        this.take(await this.options.readSnapshot())
      } catch {
        // Tried again below, as long as events are missing.
      }
      if (this.incomplete()) await this.pause()
    }
    this.reading = false
  }

  private incomplete(): boolean {
    return this.sequence.waiting && !this.stopped
  }

  private take(snapshot: Snapshot): void {
    if (this.stopped) return
    this.options.onSnapshot(snapshot)
    for (const event of this.sequence.resume(snapshot.seq)) this.options.onEvent(event)
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      this.retry = setTimeout(resolve, SNAPSHOT_RETRY)
    })
  }
}
