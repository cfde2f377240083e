import type { Conflict } from '@/shared/api/types'
import { newKey } from '@/shared/new-key'

import type { Touched } from './board-state'
import { creates, dependents, settled, type Command, type WriteRequest } from './commands'
import type { OptimisticBoard, Pending } from './optimistic-board'
import type { QueueStore, StoredCommand } from './queue-store'

/** How the server took a write. */
export type WriteResult =
  | { outcome: 'done'; body: unknown; seq: number | null }
  | { outcome: 'refused'; status: number; conflicts: readonly Conflict[]; error: Error }
  | { outcome: 'retry'; afterSeconds: number | null }

export type Send = (request: WriteRequest, op: string) => Promise<WriteResult>

/** A command that the server refused, with the later ones that fell with it. */
export interface Refusal {
  command: Command
  error: Error
  status: number
  conflicts: readonly Conflict[]
  fallen: Command[]
}

export interface CommandQueueOptions {
  board: OptimisticBoard
  send: Send
  store: QueueStore | null
  scope: string
  onChange: (touched: Touched) => void
  onRefused: (refusal: Refusal) => void
  /**
   * How many commands wait for an answer, safe from a reload where the device keeps them, and
   * whether the server failed to answer the last try.
   */
  onWaiting: (count: number, stuck: boolean) => void
}

interface Promised {
  resolve: (body: unknown) => void
  reject: (error: Error) => void
}

const FIRST_DELAY = 400
const LONGEST_DELAY = 15_000

/**
 * Sends commands one after the other in the order they were made. What cannot be delivered waits
 * and is sent again under the same key; what is refused falls together with all that needs it.
 */
export class CommandQueue {
  private readonly promised = new Map<string, Promised>()
  private sending = false
  private attempts = 0
  private stuck = false
  private readonly stopping = new AbortController()
  /** Operations that are being written to the device. */
  private readonly unkept = new Set<string>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: CommandQueueOptions) {}

  /** Shows the command at once and sends it in turn; settles with the server's answer. */
  execute(command: Command): Promise<unknown> {
    const pending = this.enter(newKey(), command, new Date().toISOString())
    const promise = new Promise<unknown>((resolve, reject) => {
      this.promised.set(pending.op, { resolve, reject })
    })
    // A refusal is also reported through `onRefused`; not everyone waits for the promise.
    promise.catch(() => undefined)
    if (this.options.store) this.unkept.add(pending.op)
    void this.keep(pending)
    this.report()
    void this.drain()
    return promise
  }

  /** Takes over what earlier visits could not send, and later what other tabs leave behind. */
  adopt(): void {
    const { store, scope, board } = this.options
    const take = (left: readonly StoredCommand[]) => {
      const known = new Set(board.pending.map((one) => one.op))
      for (const { op, command, at } of left) if (!known.has(op)) this.enter(op, command, at)
      this.report()
      void this.drain()
    }
    // Without storage nothing can have been left.
    void store?.adopt(scope, take, this.stopping.signal).catch(() => undefined)
  }

  /** Tries again at once, for when the network is back. */
  wake(): void {
    clearTimeout(this.timer)
    this.attempts = 0
    void this.drain()
  }

  stop(): void {
    this.stopping.abort()
    clearTimeout(this.timer)
  }

  private enter(op: string, command: Command, at: string): Pending {
    const pending: Pending = { op, command, at, answeredAt: null, confirmed: false }
    this.options.onChange(this.options.board.push(pending))
    return pending
  }

  private next(): Pending | undefined {
    return this.options.board.pending.find((one) => one.answeredAt === null)
  }

  private async drain(): Promise<void> {
    if (this.sending) return
    this.sending = true
    clearTimeout(this.timer)
    let pending = this.next()
    while (pending && !this.stopping.signal.aborted) {
      const request = this.options.board.request(pending.op)
      const result: WriteResult =
        request && !pending.confirmed
          ? await this.options.send(request, pending.op)
          : { outcome: 'done', body: undefined, seq: null }
      if (result.outcome === 'retry') {
        this.retryLater(result.afterSeconds)
        break
      }
      this.attempts = 0
      this.stuck = false
      if (result.outcome === 'done') this.finish(pending, result.body, result.seq)
      else this.refuse(pending, result)
      pending = this.next()
    }
    this.sending = false
    this.report()
  }

  private finish(pending: Pending, body: unknown, seq: number | null): void {
    const { id, version } = factsOf(body)
    this.advanceBase(pending.command, version)
    const made = creates(pending.command) === null ? undefined : id
    this.options.onChange(this.options.board.answered(pending.op, { seq, id: made, version }))
    // The commands that named the temporary id are kept with the real one.
    if (made) for (const later of this.options.board.pending) void this.keep(later)
    this.settle(pending.op)?.resolve(body)
  }

  private refuse(pending: Pending, result: Extract<WriteResult, { outcome: 'refused' }>): void {
    const { command, op } = pending
    const answer = settled(command, result.conflicts)
    const alreadyGone = result.status === 404 && command.kind.endsWith('.delete')
    if (answer === 'done' || alreadyGone) {
      this.finish(pending, undefined, null)
      return
    }
    if (answer) {
      pending.command = answer
      return
    }
    const { board } = this.options
    const later = board.pending.slice(board.pending.indexOf(pending) + 1)
    const fallen = dependents(command, later)
    this.options.onChange(board.drop(new Set([op, ...fallen.map((one) => one.op)])))
    for (const { op: lost } of [pending, ...fallen]) this.settle(lost)?.reject(result.error)
    const { error, status, conflicts } = result
    this.options.onRefused({
      command,
      error,
      status,
      conflicts,
      fallen: fallen.map((one) => one.command),
    })
  }

  /**
   * A later edit of the same entity was made on top of this one, so its base moves along, unless
   * somebody else's change came in between.
   */
  private advanceBase(command: Command, version: number | undefined): void {
    if (command.kind === 'card.toggle' || !('base_version' in command)) return
    const { base_version: base, kind, id } = command
    if (base === undefined || version !== base + 1) return
    for (const { command: later } of this.options.board.pending) {
      if (later === command || later.kind !== kind || later.id !== id) continue
      if (later.base_version === base) later.base_version = version
    }
  }

  private retryLater(afterSeconds: number | null): void {
    if (this.stopping.signal.aborted) return
    this.stuck = true
    const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.attempts)
    this.attempts += 1
    const backoff = ceiling / 2 + (Math.random() * ceiling) / 2
    const delay = afterSeconds === null ? backoff : afterSeconds * 1000
    this.timer = setTimeout(() => void this.drain(), delay)
  }

  private settle(op: string): Promised | undefined {
    const promised = this.promised.get(op)
    this.promised.delete(op)
    void this.options.store?.remove(op).catch(() => undefined)
    return promised
  }

  private async keep(pending: Pending): Promise<void> {
    const { store, scope } = this.options
    if (!store || pending.answeredAt !== null) return
    const { op, command, at } = pending
    // Without storage the queue still lives as long as the page.
    await store.put({ op, scope, tab: '', command, at }).catch(() => undefined)
    this.unkept.delete(op)
    this.report()
    if (!this.options.board.pending.some((one) => one.op === op && one.answeredAt === null)) {
      await store.remove(op).catch(() => undefined)
    }
  }

  private report(): void {
    const waiting = this.options.board.pending.filter(
      (one) => one.answeredAt === null && !this.unkept.has(one.op),
    )
    this.options.onWaiting(waiting.length, this.stuck && waiting.length > 0)
  }
}

function factsOf(body: unknown): { id?: string; version?: number } {
  const { id, version } = (body ?? {}) as { id?: unknown; version?: unknown }
  return {
    id: typeof id === 'string' ? id : undefined,
    version: typeof version === 'number' ? version : undefined,
  }
}
