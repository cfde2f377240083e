import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'

import {
  ApiProblem,
  useSession,
  type Board,
  type BoardEvent,
  type CardFace,
  type Conflict,
  type Label,
  type List,
  type Member,
} from '@/shared/api'
import type { BoardSession } from '@/shared/sync/board-session'
import type { BoardState, Touched } from '@/shared/sync/board-state'
import type { Refusal } from '@/shared/sync/command-queue'
import type { Command } from '@/shared/sync/commands'
import type { SocketState } from '@/shared/sync/live-socket'
import type { JobTick, Presence } from '@/shared/sync/wire'

import { openSession } from './session'

export type BoardStatus = 'closed' | 'loading' | 'ready' | 'failed' | 'gone'

/** An edit of a card that met somebody else's; the text is kept until the person chooses. */
export interface CardConflict {
  fields: readonly Conflict[]
  at: number
}

const NONE: readonly string[] = []

/**
 * The board on screen, normalised: values are immutable and each list's order is an array of its
 * own, so that a change draws only the cards and lists it touched.
 */
export const useOpenBoard = defineStore('open-board', () => {
  const account = useSession()
  const id = ref<string | null>(null)
  const shareToken = ref<string | null>(null)
  const status = ref<BoardStatus>('closed')
  const failure = shallowRef<unknown>(null)
  const board = shallowRef<Board | null>(null)
  const lists = shallowReactive(new Map<string, List>())
  const cards = shallowReactive(new Map<string, CardFace>())
  const labels = shallowReactive(new Map<string, Label>())
  const members = shallowReactive(new Map<string, Member>())
  const order = shallowReactive(new Map<string, readonly string[]>())
  const listIds = shallowRef<readonly string[]>(NONE)
  const connection = ref<SocketState>('connecting')
  const waiting = shallowRef({ count: 0, stuck: false })
  const presence = shallowRef<readonly Presence[]>([])
  const jobs = shallowReactive(new Map<string, JobTick['job']>())
  const conflicts = shallowReactive(new Map<string, CardConflict>())
  const eventListeners = new Set<(event: BoardEvent) => void>()
  const refusalListeners = new Set<(refusal: Refusal) => void>()
  let session: BoardSession | null = null

  const role = computed(() => {
    const own = account.user === null ? undefined : members.get(account.user.id)
    return own?.role ?? board.value?.role ?? 'viewer'
  })
  const isShared = computed(() => shareToken.value !== null)
  const canEdit = computed(
    () => !isShared.value && role.value !== 'viewer' && board.value?.archived_at === null,
  )
  const canAdmin = computed(() => !isShared.value && ['owner', 'admin'].includes(role.value))
  const others = computed(() => {
    const mine = account.user?.id
    return presence.value.filter((one) => one.user_id !== mine)
  })

  /** Opens a board and goes live on it; the one that was open is closed. */
  async function open(boardId: string, token: string | null = null): Promise<void> {
    close()
    id.value = boardId
    shareToken.value = token
    status.value = 'loading'
    const opened = openSession(boardId, account.user?.id ?? null, token, {
      onReset: () => reset(opened.board.view),
      onChange: (touched) => sync(opened.board.view, touched),
      onEvent: (event) => eventListeners.forEach((listener) => listener(event)),
      onState: (state) => {
        connection.value = state
        if (state === 'gone') status.value = 'gone'
      },
      onWaiting: (count, stuck) => (waiting.value = { count, stuck }),
      onRefused: refused,
      onPresence: (users) => (presence.value = users),
      onJob: ({ card_id, job }) => jobs.set(card_id, job),
    })
    session = opened
    try {
      await opened.start()
    } catch (error) {
      if (session !== opened) return
      failure.value = error
      status.value = error instanceof ApiProblem && error.status === 404 ? 'gone' : 'failed'
    }
  }

  function close(): void {
    session?.stop()
    session = null
    status.value = 'closed'
    board.value = null
    connection.value = 'connecting'
    waiting.value = { count: 0, stuck: false }
    presence.value = []
    listIds.value = NONE
    for (const map of [lists, cards, labels, members, order, jobs, conflicts]) map.clear()
  }

  function reset(view: BoardState): void {
    board.value = view.board
    replace(lists, view.lists)
    replace(cards, view.cards)
    replace(labels, view.labels)
    replace(members, view.members)
    for (const listId of order.keys()) if (!lists.has(listId)) order.delete(listId)
    for (const listId of lists.keys()) syncOrder(view, listId)
    syncLists(view)
    status.value = 'ready'
  }

  function sync(view: BoardState, touched: Touched): void {
    const dirty = new Set<string>()
    for (const cardId of touched.cards) {
      for (const card of [cards.get(cardId), view.cards.get(cardId)]) {
        if (card) dirty.add(card.list_id)
      }
      put(cards, cardId, view.cards.get(cardId))
    }
    for (const labelId of touched.labels) put(labels, labelId, view.labels.get(labelId))
    for (const userId of touched.members) put(members, userId, view.members.get(userId))
    for (const listId of touched.lists) {
      put(lists, listId, view.lists.get(listId))
      dirty.add(listId)
    }
    for (const listId of dirty) syncOrder(view, listId)
    if (touched.lists.size > 0) syncLists(view)
    if (touched.board) board.value = view.board
  }

  function syncOrder(view: BoardState, listId: string): void {
    const next = view.cardIds(listId)
    if (!lists.has(listId)) order.delete(listId)
    else if (!sameIds(order.get(listId), next)) order.set(listId, next)
  }

  function syncLists(view: BoardState): void {
    const next = view.listIds()
    if (!sameIds(listIds.value, next)) listIds.value = next
  }

  function refused(refusal: Refusal): void {
    const { command } = refusal
    if (command.kind === 'card.patch' && refusal.conflicts.length > 0) {
      conflicts.set(command.id, { fields: refusal.conflicts, at: Date.now() })
    }
    for (const listener of refusalListeners) listener(refusal)
  }

  /** Shows a change at once and sends it. A refusal is told to those who listen for it. */
  function run(command: Command): void {
    execute(command).catch(() => undefined)
  }

  /** As `run`, for those who need the server's answer or its refusal. */
  function execute(command: Command): Promise<unknown> {
    if (!session) return Promise.reject(new Error('No board is open.'))
    return session.execute(command)
  }

  /** Changes only the reader's own view of the board, which no event carries. */
  function setStarred(starred: boolean): void {
    const confirmed = session?.board.confirmed
    if (!board.value || !confirmed?.board) return
    confirmed.board = { ...confirmed.board, starred }
    board.value = { ...board.value, starred }
  }

  function cardIds(listId: string): readonly string[] {
    return order.get(listId) ?? NONE
  }

  function cardByNumber(number: number): CardFace | undefined {
    for (const card of cards.values()) if (card.number === number) return card
    return undefined
  }

  /** Calls the listener with each applied event until the returned function is called. */
  function onEvent(listener: (event: BoardEvent) => void): () => void {
    eventListeners.add(listener)
    return () => eventListeners.delete(listener)
  }

  function onRefused(listener: (refusal: Refusal) => void): () => void {
    refusalListeners.add(listener)
    return () => refusalListeners.delete(listener)
  }

  return {
    id,
    shareToken,
    status,
    failure,
    board,
    lists,
    cards,
    labels,
    members,
    order,
    listIds,
    connection,
    waiting,
    presence,
    jobs,
    conflicts,
    role,
    isShared,
    canEdit,
    canAdmin,
    others,
    open,
    close,
    run,
    execute,
    setStarred,
    cardIds,
    cardByNumber,
    onEvent,
    onRefused,
    setFocus: (cardId: string | null, editing = false) => session?.setFocus(cardId, editing),
    hold: () => session?.hold(),
    release: () => session?.release(),
  }
})

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}

function replace<T>(map: Map<string, T>, next: ReadonlyMap<string, T>): void {
  for (const key of [...map.keys()]) if (!next.has(key)) map.delete(key)
  for (const [key, value] of next) map.set(key, value)
}

function sameIds(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && a.every((one, at) => one === b[at])
}
