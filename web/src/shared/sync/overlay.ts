import type { CardFace, List, Patch, Place } from '@/shared/api/types'

import type { BoardState } from './board-state'
import { toggled, type CardFields, type Command } from './commands'
import { byRank, rankBetween } from './rank'

/**
 * What a command is expected to change, computed on the state it will meet. Where it no longer
 * applies (its card is gone) the patch is empty.
 */
export function overlayPatch(command: Command, state: BoardState, now: string): Patch {
  switch (command.kind) {
    case 'card.create':
      return state.lists.has(command.list_id)
        ? upsertCards([newCard(command.id, command.list_id, command.title, command.place, state)])
        : {}
    case 'card.patch': {
      const card = state.cards.get(command.id) ?? command.face
      return card ? patchedCard(card, command.fields, now) : {}
    }
    case 'card.toggle': {
      const card = state.cards.get(command.id)
      return card
        ? upsertCards([{ ...card, [command.field]: toggled(card[command.field], command) }])
        : {}
    }
    case 'card.move':
      return movedCards(command.ids, command.list_id, command.place, state, now)
    case 'card.copy': {
      const source = state.cards.get(command.of)
      if (!source) return {}
      const [rank = source.rank] = ranksAt(state, source.list_id, { after: source.id }, [command.id])
      return upsertCards([{ ...source, id: command.id, number: 0, rank, job: null, comment_count: 0 }])
    }
    case 'card.delete':
      return { remove: { cards: [command.id] } }
    case 'card.restore':
      return command.face ? upsertCards([command.face]) : {}
    case 'list.create':
      return upsertList({
        id: command.id,
        board_id: command.board_id,
        name: command.name,
        rank: listRank(state, command.place, command.id),
        category: 'todo',
        wip_limit: null,
        version: 0,
        archived_at: null,
      })
    case 'list.patch': {
      const list = state.lists.get(command.id)
      if (!list) return {}
      const { archived, ...fields } = command.fields
      const archived_at = archived === undefined ? list.archived_at : archived ? now : null
      return upsertList({ ...list, ...fields, archived_at })
    }
    case 'list.move': {
      const list = state.lists.get(command.id)
      return list ? upsertList({ ...list, rank: listRank(state, command.place, list.id) }) : {}
    }
    case 'list.delete':
      return { remove: { lists: [command.id], cards: [...state.cardIds(command.id)] } }
    case 'list.restore':
      return command.list ? upsertList(command.list) : {}
    case 'label.create': {
      const { id, board_id, name, color } = command
      return { upsert: { labels: [{ id, board_id, name, color }] } }
    }
    case 'label.patch': {
      const label = state.labels.get(command.id)
      if (!label) return {}
      const { name = label.name, color = label.color } = command
      return { upsert: { labels: [{ ...label, name, color }] } }
    }
    case 'label.delete':
      return { remove: { labels: [command.id] } }
    case 'board.patch': {
      if (!state.board) return {}
      const { archived, ...fields } = command.fields
      const archived_at = archived === undefined ? state.board.archived_at : archived ? now : null
      return { upsert: { board: { ...state.board, ...fields, archived_at } } }
    }
  }
}

function upsertCards(cards: CardFace[]): Patch {
  return { upsert: { cards } }
}

function upsertList(list: List): Patch {
  return { upsert: { lists: [list] } }
}

function newCard(id: string, listId: string, title: string, place: Place, state: BoardState): CardFace {
  const [rank = ''] = ranksAt(state, listId, place, [id])
  return {
    id,
    board_id: state.board?.id ?? '',
    list_id: listId,
    number: 0,
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

function patchedCard(card: CardFace, fields: CardFields, now: string): Patch {
  if (fields.archived) return { remove: { cards: [card.id] } }
  const next = { ...card }
  if (fields.archived === false) next.archived_at = null
  if (fields.title !== undefined) next.title = fields.title
  if (fields.priority !== undefined) next.priority = fields.priority
  if (fields.start_at !== undefined) next.start_at = fields.start_at
  if (fields.due_at !== undefined) next.due_at = fields.due_at
  if (fields.completed !== undefined) next.completed_at = fields.completed ? now : null
  return upsertCards([next])
}

function movedCards(
  ids: readonly string[],
  listId: string,
  place: Place,
  state: BoardState,
  now: string,
): Patch {
  const list = state.lists.get(listId)
  const cards = ids.flatMap((id) => state.cards.get(id) ?? [])
  if (cards.length === 0) return {}
  // A list of another board: the cards leave this one.
  if (!list) return { remove: { cards: cards.map((card) => card.id) } }
  const ranks = ranksAt(state, listId, place, ids)
  return upsertCards(
    cards.map((card, at) => ({
      ...card,
      list_id: listId,
      rank: ranks[at] ?? card.rank,
      completed_at: completedIn(card, list, state, now),
    })),
  )
}

/** Entering a "done" list completes a card, leaving one reopens it, as the server does. */
function completedIn(card: CardFace, list: List, state: BoardState, now: string): string | null {
  const wasDone = state.lists.get(card.list_id)?.category === 'done'
  if (list.category === 'done') return card.completed_at ?? now
  return wasDone ? null : card.completed_at
}

/** Temporary ranks for cards put at a place of a list, leaving themselves out of account. */
function ranksAt(state: BoardState, listId: string, place: Place, ids: readonly string[]): string[] {
  const own = new Set(ids)
  const others = state.cardIds(listId).filter((id) => !own.has(id))
  const at = indexOf(others, place)
  const rankAt = (index: number) => state.cards.get(others[index] ?? '')?.rank ?? null
  return ranksBetween(rankAt(at - 1), rankAt(at), ids.length)
}

function listRank(state: BoardState, place: Place, own: string): string {
  const others = [...state.lists.values()].filter((list) => list.id !== own).sort(byRank)
  const at = indexOf(
    others.map((list) => list.id),
    place,
  )
  return rankBetween(others[at - 1]?.rank ?? null, others[at]?.rank ?? null)
}

function indexOf(ids: readonly string[], place: Place): number {
  if ('at' in place) return place.at === 'top' ? 0 : ids.length
  const neighbour = ids.indexOf('after' in place ? place.after : place.before)
  if (neighbour < 0) return ids.length
  return 'after' in place ? neighbour + 1 : neighbour
}

function ranksBetween(before: string | null, after: string | null, count: number): string[] {
  const ranks: string[] = []
  for (let made = 0; made < count; made += 1) {
    before = rankBetween(before, after)
    ranks.push(before)
  }
  return ranks
}
