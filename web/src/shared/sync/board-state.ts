import type { Board, CardFace, Label, List, Member, Patch, Snapshot } from '@/shared/api/types'

import { byRank } from './rank'

export type Kind = 'lists' | 'cards' | 'labels' | 'members'
export const KINDS: readonly Kind[] = ['lists', 'cards', 'labels', 'members']

interface Entities {
  lists: List
  cards: CardFace
  labels: Label
  members: Member
}

/** Which entities a change may have altered. */
export interface Touched {
  board: boolean
  lists: Set<string>
  cards: Set<string>
  labels: Set<string>
  members: Set<string>
}

export function nothingTouched(): Touched {
  return { board: false, lists: new Set(), cards: new Set(), labels: new Set(), members: new Set() }
}

/** Adds the second set of touched entities to the first. */
export function mergeTouched(into: Touched, from: Touched): void {
  into.board ||= from.board
  for (const kind of KINDS) for (const id of from[kind]) into[kind].add(id)
}

const NO_CARDS: readonly string[] = []

/**
 * One board as the fold of its patches: entities by id, and each list's card ids in rank order.
 * Entities are never mutated, so identity tells whether one changed.
 */
export class BoardState {
  seq = 0
  board: Board | null = null
  readonly lists = new Map<string, List>()
  readonly cards = new Map<string, CardFace>()
  readonly labels = new Map<string, Label>()
  readonly members = new Map<string, Member>()
  private readonly order = new Map<string, string[]>()
  private owned = new Set<string>()

  load(snapshot: Snapshot): void {
    this.seq = snapshot.seq
    this.board = snapshot.board
    for (const kind of KINDS) this[kind].clear()
    this.order.clear()
    this.owned.clear()
    for (const list of snapshot.lists) this.lists.set(list.id, list)
    for (const label of snapshot.labels) this.labels.set(label.id, label)
    for (const member of snapshot.members) this.members.set(member.user_id, member)
    const faces = snapshot.cards.slice().sort(byRank)
    for (const card of faces) {
      this.cards.set(card.id, card)
      const ids = this.order.get(card.list_id)
      if (ids) ids.push(card.id)
      else this.order.set(card.list_id, [card.id])
    }
  }

  /** Card ids of a list in order; the array is replaced, never changed, by later patches. */
  cardIds(listId: string): readonly string[] {
    this.owned.delete(listId)
    return this.order.get(listId) ?? NO_CARDS
  }

  /** Ids of the lists that are not archived, in order. */
  listIds(): string[] {
    return [...this.lists.values()]
      .filter((list) => list.archived_at === null)
      .sort(byRank)
      .map((list) => list.id)
  }

  apply(patch: Patch): Touched {
    const touched = nothingTouched()
    const { upsert, remove } = patch
    if (upsert?.board && this.board) {
      // The reader's own role, star and seq are not in a patch and stay as they are.
      this.board = { ...this.board, ...upsert.board }
      touched.board = true
    }
    for (const kind of KINDS) {
      for (const entity of upsert?.[kind] ?? []) {
        const id = 'user_id' in entity ? entity.user_id : entity.id
        this.set(kind, id, entity)
        touched[kind].add(id)
      }
      for (const id of remove?.[kind] ?? []) {
        this.set(kind, id, undefined)
        touched[kind].add(id)
      }
    }
    return touched
  }

  /** Puts one entity in place, or removes it where there is none. */
  set<K extends Kind>(kind: K, id: string, entity: Entities[K] | undefined): void {
    if (kind === 'cards') {
      const old = this.cards.get(id)
      const card = entity as CardFace | undefined
      if (old && (!card || old.list_id !== card.list_id || old.rank !== card.rank)) this.unplace(old)
      if (card) {
        this.cards.set(id, card)
        if (!old || old.list_id !== card.list_id || old.rank !== card.rank) this.place(card)
      } else this.cards.delete(id)
      return
    }
    const map = this[kind] as Map<string, Entities[K]>
    if (entity) map.set(id, entity)
    else map.delete(id)
  }

  private writable(listId: string): string[] {
    let ids = this.order.get(listId)
    if (!ids || !this.owned.has(listId)) {
      ids = ids ? ids.slice() : []
      this.order.set(listId, ids)
      this.owned.add(listId)
    }
    return ids
  }

  private unplace(card: CardFace): void {
    const ids = this.writable(card.list_id)
    const at = ids.indexOf(card.id)
    if (at >= 0) ids.splice(at, 1)
  }

  private place(card: CardFace): void {
    const ids = this.writable(card.list_id)
    let low = 0
    let high = ids.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.cards.get(ids[middle] ?? '')
      if (other && byRank(other, card) < 0) low = middle + 1
      else high = middle
    }
    ids.splice(low, 0, card.id)
  }
}
