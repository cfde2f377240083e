import type { BoardEvent, Patch, Snapshot } from '@/shared/api/types'

import { BoardState, KINDS, mergeTouched, nothingTouched, type Touched } from './board-state'
import { creates, isTemporary, requestOf, toggled, withRealId, type Command, type WriteRequest } from './commands'
import { overlayPatch } from './overlay'

/** A command on its way: its overlay stays until the confirmed state includes it. */
export interface Pending {
  op: string
  command: Command
  at: string
  /** The board's seq that includes it, once the server answered. */
  answeredAt: number | null
  /** The version of the entity after it, once the server answered. */
  version?: number
  /** Its own event was applied, so the overlay is no longer needed. */
  confirmed: boolean
}

/** What the answer to a command told. */
export interface Answered {
  seq: number | null
  id?: string
  version?: number
}

type Toggle = Extract<Command, { kind: 'card.toggle' }>

/**
 * The confirmed state of a board with the user's own commands laid over it. A confirmed event
 * rebases the overlay; a refused command just falls out of it.
 */
export class OptimisticBoard {
  readonly confirmed = new BoardState()
  readonly view = new BoardState()
  pending: Pending[] = []
  private overlaid = nothingTouched()
  private readonly realIds = new Map<string, string>()

  load(snapshot: Snapshot): void {
    this.confirmed.load(snapshot)
    this.view.load(snapshot)
    this.overlaid = nothingTouched()
    this.settle()
    this.rebase(nothingTouched())
  }

  /** Applies the next event in order; returns what changed in the view. */
  applyEvent(event: BoardEvent): Touched {
    const touched = this.confirmed.apply(event.patch)
    this.confirmed.seq = event.seq
    this.view.seq = event.seq
    const own = event.op === null ? undefined : this.pending.find((one) => one.op === event.op)
    if (own) {
      own.confirmed = true
      const temporary = creates(own.command)
      const made = createdIn(own.command, event.patch)
      if (temporary && made) this.replaceId(temporary, made)
    }
    this.settle()
    return this.rebase(touched)
  }

  push(pending: Pending): Touched {
    for (const [temporary, real] of this.realIds) {
      pending.command = withRealId(pending.command, temporary, real)
    }
    this.pending.push(pending)
    return this.rebase(nothingTouched())
  }

  /** Forgets commands that were refused. */
  drop(ops: ReadonlySet<string>): Touched {
    this.pending = this.pending.filter((one) => !ops.has(one.op))
    return this.rebase(nothingTouched())
  }

  /** Notes the server's answer: the overlay goes once that seq has been applied. */
  answered(op: string, answer: Answered): Touched {
    const pending = this.pending.find((one) => one.op === op)
    if (!pending) return nothingTouched()
    const temporary = creates(pending.command)
    if (temporary && answer.id) this.replaceId(temporary, answer.id)
    pending.answeredAt = answer.seq ?? this.confirmed.seq
    pending.version = answer.version
    this.settle()
    return this.rebase(nothingTouched())
  }

  /** The call for a command, with sets of ids completed from what is confirmed now. */
  request(op: string): WriteRequest | null {
    const pending = this.pending.find((one) => one.op === op)
    if (!pending) return null
    const { command } = pending
    const open = command.kind === 'card.toggle' && command.current === undefined
    return requestOf(open ? this.withCurrent(command) : command)
  }

  /** The set to send is the confirmed one with the user's earlier answered changes in it. */
  private withCurrent(command: Toggle): Toggle {
    const card = this.confirmed.cards.get(command.id)
    let current = [...(card?.[command.field] ?? [])]
    let base_version = card?.version
    for (const { command: earlier, answeredAt, confirmed, version } of this.pending) {
      if (earlier === command) break
      if (answeredAt === null || confirmed || earlier.kind !== 'card.toggle') continue
      if (earlier.id !== command.id || earlier.field !== command.field) continue
      current = toggled(current, earlier)
      base_version = version ?? base_version
    }
    return { ...command, current, base_version }
  }

  private replaceId(temporary: string, real: string): void {
    if (isTemporary(temporary)) this.realIds.set(temporary, real)
    for (const pending of this.pending) {
      pending.command = withRealId(pending.command, temporary, real)
    }
  }

  private settle(): void {
    this.pending = this.pending.filter(
      ({ answeredAt, confirmed }) =>
        answeredAt === null || (!confirmed && answeredAt > this.confirmed.seq),
    )
  }

  private rebase(confirmedTouched: Touched): Touched {
    const reset = nothingTouched()
    mergeTouched(reset, confirmedTouched)
    mergeTouched(reset, this.overlaid)
    const before = this.capture(reset)
    for (const kind of KINDS) {
      for (const id of reset[kind]) this.view.set(kind, id, this.confirmed[kind].get(id))
    }
    if (reset.board) this.view.board = this.confirmed.board
    this.overlaid = nothingTouched()
    for (const pending of this.pending) {
      if (pending.confirmed) continue
      const patch = overlayPatch(pending.command, this.view, pending.at)
      mergeTouched(this.overlaid, this.view.apply(patch))
    }
    return this.changedSince(before, reset)
  }

  private capture(touched: Touched): Map<string, unknown> {
    const values = new Map<string, unknown>([['board', this.view.board]])
    for (const kind of KINDS) {
      for (const id of touched[kind]) values.set(`${kind}/${id}`, this.view[kind].get(id))
    }
    return values
  }

  private changedSince(before: Map<string, unknown>, reset: Touched): Touched {
    const changed = nothingTouched()
    changed.board = before.get('board') !== this.view.board
    for (const kind of KINDS) {
      for (const id of [...reset[kind], ...this.overlaid[kind]]) {
        const key = `${kind}/${id}`
        const old = before.has(key) ? before.get(key) : this.confirmed[kind].get(id)
        if (old !== this.view[kind].get(id)) changed[kind].add(id)
      }
    }
    return changed
  }
}

/** The real id in the patch of the event that carried out a creating command. */
function createdIn(command: Command, patch: Patch): string | null {
  switch (command.kind) {
    case 'card.create':
    case 'card.copy':
      return onlyId(patch.upsert?.cards)
    case 'list.create':
      return onlyId(patch.upsert?.lists)
    case 'label.create':
      return onlyId(patch.upsert?.labels)
    default:
      return null
  }
}

function onlyId(entities: readonly { id: string }[] = []): string | null {
  return entities.length === 1 ? (entities[0]?.id ?? null) : null
}
