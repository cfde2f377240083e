import type { BoardEvent, Snapshot } from '@/shared/api/types'

import { BoardChannel } from './board-channel'
import type { Touched } from './board-state'
import { CommandQueue, type Refusal, type Send } from './command-queue'
import type { Command } from './commands'
import type { SocketPlatform, SocketState } from './live-socket'
import { OptimisticBoard } from './optimistic-board'
import type { QueueStore } from './queue-store'
import type { JobTick, Presence } from './wire'

export interface BoardListener {
  /** The whole view was replaced. */
  onReset: () => void
  onChange: (touched: Touched) => void
  /** An event was applied, also one's own. */
  onEvent: (event: BoardEvent) => void
  onState: (state: SocketState) => void
  onWaiting: (count: number, stuck: boolean) => void
  onRefused: (refusal: Refusal) => void
  onPresence: (users: Presence[]) => void
  onJob: (tick: JobTick) => void
}

export interface BoardSessionOptions {
  boardId: string
  /** Whose queue to keep; null for a reader without an account, who cannot write. */
  userId: string | null
  /** The address of the API for sockets, `wss://host/api/v1`. */
  root: string
  token: () => string | null
  refresh: () => Promise<boolean>
  readSnapshot: () => Promise<Snapshot>
  send: Send
  store: QueueStore | null
  listener: BoardListener
  platform?: SocketPlatform
}

/** One open board: snapshot, live events, optimistic commands and the queue behind them. */
export class BoardSession {
  readonly board = new OptimisticBoard()
  private readonly queue: CommandQueue
  private channel: BoardChannel | null = null
  private held: (() => void)[] | null = null
  private stopped = false

  constructor(private readonly options: BoardSessionOptions) {
    const { listener } = options
    this.queue = new CommandQueue({
      board: this.board,
      send: options.send,
      store: options.userId === null ? null : options.store,
      scope: `${options.userId ?? ''}/${options.boardId}`,
      onChange: (touched) => listener.onChange(touched),
      onRefused: (refusal) => listener.onRefused(refusal),
      onWaiting: (count, stuck) => listener.onWaiting(count, stuck),
    })
  }

  /** Reads the board and goes live; fails as the first read fails. */
  async start(): Promise<void> {
    const { options } = this
    const snapshot = await options.readSnapshot()
    if (this.stopped) return
    this.load(snapshot)
    this.channel = new BoardChannel({
      boardId: options.boardId,
      since: snapshot.seq,
      root: options.root,
      token: options.token,
      refresh: options.refresh,
      readSnapshot: options.readSnapshot,
      onSnapshot: (fresh) => this.whenFree(() => this.load(fresh)),
      onEvent: (event) => this.whenFree(() => this.apply(event)),
      onState: (state) => {
        if (state === 'live') this.queue.wake()
        options.listener.onState(state)
      },
      onPresence: options.listener.onPresence,
      onJob: options.listener.onJob,
      platform: options.platform,
    })
    this.channel.start()
    this.queue.adopt()
  }

  stop(): void {
    this.stopped = true
    this.channel?.stop()
    this.queue.stop()
  }

  execute(command: Command): Promise<unknown> {
    return this.queue.execute(command)
  }

  setFocus(cardId: string | null, editing: boolean): void {
    this.channel?.setFocus(cardId, editing)
  }

  /** Lets events wait, so that nothing moves under a drag. */
  hold(): void {
    this.held ??= []
  }

  /** Applies what arrived since `hold`. */
  release(): void {
    const held = this.held ?? []
    this.held = null
    for (const apply of held) apply()
  }

  private whenFree(apply: () => void): void {
    if (this.held) this.held.push(apply)
    else apply()
  }

  private load(snapshot: Snapshot): void {
    this.board.load(snapshot)
    this.options.listener.onReset()
  }

  private apply(event: BoardEvent): void {
    this.options.listener.onChange(this.board.applyEvent(event))
    this.options.listener.onEvent(event)
  }
}
