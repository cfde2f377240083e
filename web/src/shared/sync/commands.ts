import type { Category, Conflict, CardFace, List, Place, Priority, WipPolicy } from '@/shared/api/types'
import { newKey } from '@/shared/new-key'

export interface CardFields {
  title?: string
  description?: string
  priority?: Priority
  start_at?: string | null
  due_at?: string | null
  completed?: boolean
  archived?: boolean
}

export interface ListFields {
  name?: string
  category?: Category
  wip_limit?: number | null
  archived?: boolean
}

export interface BoardFields {
  name?: string
  key?: string
  description?: string
  color?: string
  wip_policy?: WipPolicy
  archived?: boolean
}

/**
 * A change the user asked for, as plain data: it is queued, survives a reload and is shown at
 * once over the confirmed state. Ids made here (`tmp-...`) stand for entities not yet created.
 */
export type Command =
  | { kind: 'card.create'; id: string; list_id: string; title: string; place: Place }
  | { kind: 'card.patch'; id: string; fields: CardFields; base_version?: number; face?: CardFace }
  | {
      kind: 'card.toggle'
      id: string
      field: 'label_ids' | 'assignee_ids'
      add: string[]
      remove: string[]
      current?: string[]
      base_version?: number
    }
  | { kind: 'card.move'; ids: string[]; list_id: string; place: Place }
  | { kind: 'card.copy'; id: string; of: string }
  | { kind: 'card.delete'; id: string }
  | { kind: 'card.restore'; id: string; face?: CardFace }
  | { kind: 'list.create'; id: string; board_id: string; name: string; place: Place }
  | { kind: 'list.patch'; id: string; fields: ListFields; base_version?: number }
  | { kind: 'list.move'; id: string; place: Place }
  | { kind: 'list.delete'; id: string }
  | { kind: 'list.restore'; id: string; list?: List }
  | { kind: 'label.create'; id: string; board_id: string; name: string; color: string }
  | { kind: 'label.patch'; id: string; name?: string; color?: string }
  | { kind: 'label.delete'; id: string }
  | { kind: 'board.patch'; id: string; fields: BoardFields; base_version?: number }

export interface WriteRequest {
  method: 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: Record<string, unknown>
}

/** The id of an entity that only this client knows so far. */
export function temporaryId(): string {
  return `tmp-${newKey()}`
}

export function isTemporary(id: string): boolean {
  return id.startsWith('tmp-')
}

/** The HTTP call that carries a command out. */
export function requestOf(command: Command): WriteRequest {
  switch (command.kind) {
    case 'card.create':
      return post('/cards', {
        list_id: command.list_id,
        title: command.title,
        place: command.place,
      })
    case 'card.patch':
      return patch(`/cards/${command.id}`, { ...command.fields }, command.base_version)
    case 'card.toggle':
      return patch(
        `/cards/${command.id}`,
        { [command.field]: toggled(command.current ?? [], command) },
        command.base_version,
      )
    case 'card.move': {
      const { ids, list_id, place } = command
      const [first = ''] = ids
      if (ids.length === 1) return post(`/cards/${first}/move`, { list_id, place })
      return post('/cards/move', { card_ids: ids, list_id, place })
    }
    case 'card.copy':
      return post(`/cards/${command.of}/copy`, { place: { after: command.of } })
    case 'card.delete':
      return { method: 'DELETE', path: `/cards/${command.id}` }
    case 'card.restore':
      return post(`/cards/${command.id}/restore`)
    case 'list.create':
      return post('/lists', {
        board_id: command.board_id,
        name: command.name,
        place: command.place,
      })
    case 'list.patch':
      return patch(`/lists/${command.id}`, { ...command.fields }, command.base_version)
    case 'list.move':
      return post(`/lists/${command.id}/move`, { place: command.place })
    case 'list.delete':
      return { method: 'DELETE', path: `/lists/${command.id}` }
    case 'list.restore':
      return post(`/lists/${command.id}/restore`)
    case 'label.create':
      return post('/labels', {
        board_id: command.board_id,
        name: command.name,
        color: command.color,
      })
    case 'label.patch': {
      const { name, color } = command
      return patch(`/labels/${command.id}`, { ...(name && { name }), ...(color && { color }) })
    }
    case 'label.delete':
      return { method: 'DELETE', path: `/labels/${command.id}` }
    case 'board.patch':
      return patch(`/boards/${command.id}`, { ...command.fields }, command.base_version)
  }
}

function post(path: string, body?: Record<string, unknown>): WriteRequest {
  return body ? { method: 'POST', path, body } : { method: 'POST', path }
}

function patch(path: string, fields: Record<string, unknown>, base?: number): WriteRequest {
  const body = base === undefined ? fields : { ...fields, base_version: base }
  return { method: 'PATCH', path, body }
}

/** A set of ids after some were added and some removed; the order of the rest is kept. */
export function toggled(
  current: readonly string[],
  change: { add: readonly string[]; remove: readonly string[] },
): string[] {
  const kept = current.filter((id) => !change.remove.includes(id))
  return [...kept, ...change.add.filter((id) => !kept.includes(id))]
}

/** The temporary id that this command turns into a real one. */
export function creates(command: Command): string | null {
  switch (command.kind) {
    case 'card.create':
    case 'card.copy':
    case 'list.create':
    case 'label.create':
      return command.id
    default:
      return null
  }
}

/** The same command with a temporary id replaced by the server's. */
export function withRealId<C extends Command>(command: C, temporary: string, real: string): C {
  const text = JSON.stringify(command)
  // A temporary id is random, so it cannot be a part of anything else.
  return text.includes(temporary) ? (JSON.parse(text.replaceAll(temporary, real)) as C) : command
}

/** Facts that hold only once the command succeeded, for finding the commands that need them. */
function provides(command: Command): string[] {
  const made = creates(command)
  const facts = made ? [made] : []
  if (command.kind === 'card.move') {
    for (const id of command.ids) facts.push(`${id}@${command.list_id}`)
  } else if (command.kind === 'card.create') facts.push(`${command.id}@${command.list_id}`)
  return facts
}

function needs(command: Command): string[] {
  const facts: string[] = []
  const place = 'place' in command ? command.place : null
  const neighbour = place && ('after' in place ? place.after : 'before' in place ? place.before : null)
  if (neighbour) {
    facts.push(neighbour)
    if ('list_id' in command) facts.push(`${neighbour}@${command.list_id}`)
  }
  if ('list_id' in command) facts.push(command.list_id)
  if (command.kind === 'card.move') facts.push(...command.ids)
  else if (command.kind === 'card.copy') facts.push(command.of)
  else if (!creates(command)) facts.push(command.id)
  if (command.kind === 'card.toggle') facts.push(...command.add)
  return facts
}

/** Which of the later commands cannot stand once the given one was refused. */
export function dependents<T extends { command: Command }>(failed: Command, later: T[]): T[] {
  const missing = new Set(provides(failed))
  const fallen: T[] = []
  for (const entry of later) {
    if (!needs(entry.command).some((fact) => missing.has(fact))) continue
    fallen.push(entry)
    for (const fact of provides(entry.command)) missing.add(fact)
  }
  return fallen
}

/**
 * The command to send after the server reported an edit conflict, where it can be settled without
 * asking: sets of ids merge, and a field that already holds our value needs nothing more.
 */
export function settled(command: Command, conflicts: readonly Conflict[]): Command | 'done' | null {
  if (command.kind === 'card.toggle') {
    const conflict = conflicts.find((one) => one.field === command.field)
    if (!conflict || !Array.isArray(conflict.theirs)) return null
    return { ...command, current: conflict.theirs as string[], base_version: conflict.version }
  }
  if (conflicts.length > 0 && conflicts.every((one) => one.yours === one.theirs)) return 'done'
  return null
}
