import type {
  Board,
  BoardEvent,
  CardFace,
  Label,
  List,
  Patch,
  Place,
  Snapshot,
} from '@/shared/api/types'

import { BoardState } from './board-state'
import type { WriteRequest } from './commands'
import { byRank } from './rank'

const AT = '2026-11-22T10:00:00Z'

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly conflicts: { field: string; yours: unknown; theirs: unknown; version: number }[] = [],
  ) {
    super(`refused with ${status}`)
  }
}

interface Done {
  body: unknown
  seq: number
}

/** A board server in memory that keeps the contract, for tests of the clients. */
export class ModelServer {
  readonly log: BoardEvent[] = []
  readonly listeners = new Set<(event: BoardEvent) => void>()
  private readonly state = new BoardState()
  private readonly answers = new Map<string, Done>()
  private made = 0

  constructor(readonly boardId = 'b1') {
    const board: Board = {
      id: boardId,
      key: 'PL',
      name: 'Product launch',
      description: '',
      color: 'violet',
      owner_id: 'u1',
      wip_policy: 'warn',
      role: 'owner',
      starred: false,
      seq: 0,
      version: 1,
      archived_at: null,
      created_at: AT,
      updated_at: AT,
    }
    this.state.load({ seq: 0, board, lists: [], cards: [], labels: [], members: [] })
  }

  get seq(): number {
    return this.log.length
  }

  snapshot(): Snapshot {
    const { board, lists, cards, labels, members } = this.state
    if (!board) throw new Error('a board server always has its board')
    return {
      seq: this.seq,
      board: { ...board, seq: this.seq },
      lists: [...lists.values()].sort(byRank),
      cards: [...cards.values()].sort(byRank),
      labels: [...labels.values()],
      members: [...members.values()],
    }
  }

  /** Carries a write out once; the same key answers as it did the first time. */
  write(request: WriteRequest, op: string | null = null): Done {
    const known = op === null ? undefined : this.answers.get(op)
    if (known) return known
    const done = this.carryOut(request, op)
    if (op !== null) this.answers.set(op, done)
    return done
  }

  private carryOut({ method, path, body = {} }: WriteRequest, op: string | null): Done {
    const [, kind = '', id = '', verb = ''] = path.split('/')
    const call = `${method} ${kind}${id && id !== 'move' ? '/id' : ''}${verb || id === 'move' ? '/' + (verb || id) : ''}`
    switch (call) {
      case 'POST lists':
        return this.upsertList(this.newList(body as { name: string; place: Place }), op)
      case 'PATCH lists/id':
        return this.upsertList({ ...this.list(id), ...(body as Partial<List>) }, op)
      case 'POST lists/id/move':
        return this.upsertList({ ...this.list(id), rank: this.listRank(body.place as Place, id) }, op)
      case 'DELETE lists/id': {
        this.list(id)
        return this.commit({ remove: { lists: [id], cards: [...this.state.cardIds(id)] } }, op, null)
      }
      case 'POST cards': {
        const { list_id, title, place } = body as { list_id: string; title: string; place: Place }
        return this.upsertCards([this.newCard(list_id, title, place)], op)
      }
      case 'PATCH cards/id': {
        const { base_version, ...fields } = body as Partial<CardFace> & { base_version?: number }
        return this.upsertCards([this.patched(this.card(id), fields, base_version)], op)
      }
      case 'DELETE cards/id':
        this.card(id)
        return this.commit({ remove: { cards: [id] } }, op, null)
      case 'POST cards/id/move':
        return this.move([id], body as { list_id: string; place: Place }, op)
      case 'POST cards/move':
        return this.move(body.card_ids as string[], body as { list_id: string; place: Place }, op)
      case 'POST labels': {
        const { name, color } = body as { name: string; color: string }
        const label: Label = { id: this.newId('l'), board_id: this.boardId, name, color }
        return this.commit({ upsert: { labels: [label] } }, op, label)
      }
      default:
        throw new Refused(405)
    }
  }

  private newId(prefix: string): string {
    this.made += 1
    return `${prefix}${this.made}`
  }

  private list(id: string): List {
    const list = this.state.lists.get(id)
    if (!list) throw new Refused(404)
    return list
  }

  private card(id: string): CardFace {
    const card = this.state.cards.get(id)
    if (!card) throw new Refused(404)
    return card
  }

  private newList({ name, place }: { name: string; place: Place }): List {
    return {
      id: this.newId('L'),
      board_id: this.boardId,
      name,
      rank: this.listRank(place, ''),
      category: 'todo',
      wip_limit: null,
      version: 0,
      archived_at: null,
    }
  }

  private newCard(listId: string, title: string, place: Place): CardFace {
    this.list(listId)
    const id = this.newId('c')
    const [rank = ''] = this.ranks(listId, place, [id])
    return {
      id,
      board_id: this.boardId,
      list_id: listId,
      number: this.made,
      title,
      rank,
      version: 0,
      priority: 'none',
      start_at: null,
      due_at: null,
      completed_at: null,
      label_ids: [],
      assignee_ids: [],
      comment_count: 0,
      attachment_count: 0,
      checklist_done: 0,
      checklist_total: 0,
      cover_url: null,
      job: null,
      archived_at: null,
    }
  }

  /** Any change since the base counts as one of the same field, the strictest reading. */
  private patched(card: CardFace, fields: Partial<CardFace>, base?: number): CardFace {
    if (base !== undefined && base !== card.version) {
      const conflicts = Object.entries(fields).map(([field, yours]) => ({
        field,
        yours,
        theirs: card[field as keyof CardFace],
        version: card.version,
      }))
      throw new Refused(409, conflicts)
    }
    return { ...card, ...fields }
  }

  private move(ids: string[], { list_id, place }: { list_id: string; place: Place }, op: string | null) {
    this.list(list_id)
    const cards = ids.map((id) => this.card(id))
    const ranks = this.ranks(list_id, place, ids)
    const moved = cards.map((card, at) => ({ ...card, list_id, rank: ranks[at] ?? card.rank }))
    return this.upsertCards(moved, op)
  }

  private upsertCards(cards: CardFace[], op: string | null): Done {
    const next = cards.map((card) => ({ ...card, version: card.version + 1 }))
    return this.commit({ upsert: { cards: next } }, op, next[0])
  }

  private upsertList(list: List, op: string | null): Done {
    const next = { ...list, version: list.version + 1 }
    return this.commit({ upsert: { lists: [next] } }, op, next)
  }

  private commit(patch: Patch, op: string | null, body: unknown): Done {
    const event: BoardEvent = {
      seq: this.seq + 1,
      event: 'board.changed',
      board_id: this.boardId,
      actor_id: 'u1',
      subject_id: null,
      op,
      at: AT,
      changes: {},
      patch,
    }
    this.log.push(event)
    this.state.apply(patch)
    this.state.seq = event.seq
    for (const listener of this.listeners) listener(event)
    return { body, seq: event.seq }
  }

  private ranks(listId: string, place: Place, ids: string[]): string[] {
    const others = this.state.cardIds(listId).filter((id) => !ids.includes(id))
    const ranks = others.map((id) => this.card(id).rank)
    return between(others, ranks, place, ids.length)
  }

  private listRank(place: Place, own: string): string {
    const others = [...this.state.lists.values()].filter((list) => list.id !== own).sort(byRank)
    const ids = others.map((list) => list.id)
    const ranks = others.map((list) => list.rank)
    return between(ids, ranks, place, 1)[0] ?? ''
  }
}

/** Keys over the letters a to z, halving the space; unlike the client's on purpose. */
function between(ids: string[], ranks: string[], place: Place, count: number): string[] {
  let at = 'at' in place && place.at === 'top' ? 0 : ids.length
  if (!('at' in place)) {
    const neighbour = ids.indexOf('after' in place ? place.after : place.before)
    if (neighbour < 0) throw new Refused(422)
    at = 'after' in place ? neighbour + 1 : neighbour
  }
  const keys: string[] = []
  let low = ranks[at - 1] ?? ''
  const high = ranks[at] ?? ''
  for (let made = 0; made < count; made += 1) {
    low = middle(low, high)
    keys.push(low)
  }
  return keys
}

function middle(low: string, high: string): string {
  let key = ''
  let open = high === ''
  for (let at = 0; at < 1_000; at += 1) {
    const a = at < low.length ? low.charCodeAt(at) - 97 : 0
    const b = !open && at < high.length ? high.charCodeAt(at) - 97 : 26
    if (b - a > 1) return key + String.fromCharCode(97 + ((a + b) >> 1))
    key += String.fromCharCode(97 + a)
    if (a < b) open = true
  }
  throw new Error('no key fits between the neighbours')
}
