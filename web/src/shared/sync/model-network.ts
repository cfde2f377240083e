import type { BoardEvent } from '@/shared/api/types'

import { BoardSession, type BoardListener } from './board-session'
import { BoardState } from './board-state'
import type { Refusal, Send } from './command-queue'
import { Refused, type ModelServer } from './model-server'
import type { QueueStore, StoredCommand } from './queue-store'

/** Numbers that only look random, so that a failing run can be repeated. */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export interface Faults {
  /** Chance of each trouble; all zero is a healthy network. */
  drop: number
  twice: number
  skip: number
  swap: number
  lostRequest: number
  lostAnswer: number
  unavailable: number
}

export const HEALTHY: Faults = {
  drop: 0,
  twice: 0,
  skip: 0,
  swap: 0,
  lostRequest: 0,
  lostAnswer: 0,
  unavailable: 0,
}
export const ROUGH: Faults = {
  drop: 0.03,
  twice: 0.1,
  skip: 0.04,
  swap: 0.06,
  lostRequest: 0.15,
  lostAnswer: 0.15,
  unavailable: 0.1,
}

/** The wire between a session and the model server, which can be made unreliable. */
export class Network {
  faults: Faults = HEALTHY
  up = true
  readonly sockets = new Set<ModelSocket>()
  constructor(
    readonly server: ModelServer,
    readonly random: () => number,
  ) {}

  chance(of: keyof Faults): boolean {
    return this.random() < this.faults[of]
  }

  readonly send: Send = async (request, op) => {
    await Promise.resolve()
    if (!this.up || this.chance('lostRequest') || this.chance('unavailable')) {
      return { outcome: 'retry', afterSeconds: null }
    }
    try {
      const { body, seq } = this.server.write(request, op)
      if (this.chance('lostAnswer')) return { outcome: 'retry', afterSeconds: null }
      return { outcome: 'done', body, seq }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { status, conflicts } = error
      return { outcome: 'refused', status, conflicts, error }
    }
  }
}

export class ModelSocket {
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((closed: { code: number }) => void) | null = null
  readonly sent: string[] = []
  private late: BoardEvent | null = null
  private readonly listen = (event: BoardEvent) => this.deliver(event)

  constructor(
    private readonly url: string,
    private readonly network: Network,
  ) {
    network.sockets.add(this)
    queueMicrotask(() => {
      if (network.up) this.onopen?.()
      else this.break(1006)
    })
  }

  send(text: string): void {
    this.sent.push(text)
    const message = JSON.parse(text) as { type: string }
    if (message.type !== 'auth') return
    const { server } = this.network
    const since = Number(new URL(this.url).searchParams.get('since'))
    const missed = server.log.slice(since)
    this.say({ type: 'ready', seq: server.seq })
    server.listeners.add(this.listen)
    for (const event of missed) this.deliver(event)
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  private deliver(event: BoardEvent): void {
    const { network } = this
    if (network.chance('drop')) {
      this.break(1006)
      return
    }
    if (network.chance('skip')) return
    if (!this.late && network.chance('swap')) {
      this.late = event
      return
    }
    this.say({ type: 'event', ...event })
    if (network.chance('twice')) this.say({ type: 'event', ...event })
    if (this.late) this.say({ type: 'event', ...this.late })
    this.late = null
  }

  break(code: number): void {
    const closed = this.onclose
    this.close()
    closed?.({ code })
  }

  close(): void {
    this.network.server.listeners.delete(this.listen)
    this.network.sockets.delete(this)
  }
}

/** The device's queue without a device. */
export class MemoryQueue implements QueueStore {
  readonly rows = new Map<string, StoredCommand>()
  put(stored: StoredCommand) {
    this.rows.set(stored.op, structuredClone(stored))
    return Promise.resolve()
  }
  remove(op: string) {
    this.rows.delete(op)
    return Promise.resolve()
  }
  adopt(scope: string, take: (left: StoredCommand[]) => void) {
    take([...this.rows.values()].filter((row) => row.scope === scope))
    return Promise.resolve()
  }
}

export interface Client {
  session: BoardSession
  refused: Refusal[]
  states: string[]
  waiting: { count: number; stuck: boolean }
}

export function connect(network: Network, store: QueueStore | null = null, token = () => 't'): Client {
  const refused: Refusal[] = []
  const states: string[] = []
  const waiting = { count: 0, stuck: false }
  const quiet = () => undefined
  const listener: BoardListener = {
    onReset: quiet,
    onChange: quiet,
    onEvent: quiet,
    onPresence: quiet,
    onJob: quiet,
    onState: (state) => states.push(state),
    onRefused: (refusal) => refused.push(refusal),
    onWaiting: (count, stuck) => Object.assign(waiting, { count, stuck }),
  }
  const session = new BoardSession({
    boardId: network.server.boardId,
    userId: 'u1',
    root: 'ws://board.test/api/v1',
    token,
    refresh: () => Promise.resolve(true),
    readSnapshot: async () => {
      await Promise.resolve()
      if (!network.up) throw new Error('no network')
      return network.server.snapshot()
    },
    send: network.send,
    store,
    listener,
    platform: {
      open: (url) => new ModelSocket(url, network) as unknown as WebSocket,
      random: network.random,
    },
  })
  return { session, refused, states, waiting }
}

export function content(state: BoardState) {
  const listIds = state.listIds()
  return {
    seq: state.seq,
    board: { ...state.board, seq: 0 },
    lists: listIds.map((id) => state.lists.get(id)),
    cards: [...state.cards.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    order: listIds.map((id) => state.cardIds(id)),
    labels: [...state.labels.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

export function truth(server: ModelServer) {
  const state = new BoardState()
  state.load(server.snapshot())
  return content(state)
}
