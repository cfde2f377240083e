import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { BoardState } from './board-state'
import { temporaryId, type Command } from './commands'
import {
  connect,
  content,
  HEALTHY,
  MemoryQueue,
  Network,
  ROUGH,
  seeded,
  truth,
  type Client,
  type ModelSocket,
} from './model-network'
import { ModelServer, Refused } from './model-server'

function makeBoard(): ModelServer {
  const server = new ModelServer()
  for (const name of ['To do', 'Doing', 'Done']) {
    server.write({ method: 'POST', path: '/lists', body: { board_id: 'b1', name, place: { at: 'bottom' } } })
  }
  for (const list of server.snapshot().lists) {
    for (const title of ['A', 'B', 'C', 'D']) {
      const body = { list_id: list.id, title: `${list.name} ${title}`, place: { at: 'bottom' } }
      server.write({ method: 'POST', path: '/cards', body })
    }
  }
  return server
}

function pick<T>(random: () => number, items: readonly T[]): T | undefined {
  return items[Math.floor(random() * items.length)]
}

function randomCommand(random: () => number, state: BoardState): Command {
  const list = pick(random, state.listIds()) ?? 'none'
  const card = pick(random, [...state.cards.keys()]) ?? 'none'
  const neighbour = pick(random, state.cardIds(list).filter((id) => id !== card))
  const place = neighbour
    ? random() < 0.5
      ? { after: neighbour }
      : { before: neighbour }
    : ({ at: random() < 0.5 ? 'top' : 'bottom' } as const)
  const dice = random()
  if (dice < 0.4) return { kind: 'card.move', ids: [card], list_id: list, place }
  if (dice < 0.6) {
    return { kind: 'card.create', id: temporaryId(), list_id: list, title: `New ${random()}`, place }
  }
  if (dice < 0.75) {
    const base_version = state.cards.get(card)?.version
    return { kind: 'card.patch', id: card, fields: { title: `Edit ${random()}` }, base_version }
  }
  if (dice < 0.85) {
    return { kind: 'card.toggle', id: card, field: 'label_ids', add: [`x${random()}`], remove: [] }
  }
  if (dice < 0.92) return { kind: 'card.delete', id: card }
  if (dice < 0.95) return { kind: 'list.move', id: list, place: { at: 'top' } }
  if (dice < 0.97) {
    return { kind: 'list.create', id: temporaryId(), board_id: 'b1', name: 'More', place: { at: 'bottom' } }
  }
  return { kind: 'label.create', id: temporaryId(), board_id: 'b1', name: 'Ops', color: 'teal' }
}

async function settleDown(network: Network, clients: Client[]) {
  network.faults = HEALTHY
  network.up = true
  for (let round = 0; round < 40; round += 1) {
    await vi.advanceTimersByTimeAsync(2_000)
    const idle = clients.every(({ session, waiting }) => {
      return waiting.count === 0 && session.board.confirmed.seq === network.server.seq
    })
    if (idle) return
    // A skipped last event leaves no gap to notice; a reconnect replays it.
    for (const socket of [...network.sockets]) socket.break(1012)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a board session', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => [seed]))(
    'ends with the state of the server after any faults (seed %i)',
    async (seed) => {
      const random = seeded(seed)
      const network = new Network(makeBoard(), random)
      const clients = [connect(network, new MemoryQueue()), connect(network, new MemoryQueue())]
      for (const { session } of clients) await session.start()
      network.faults = ROUGH
      for (let step = 0; step < 120; step += 1) {
        const client = pick(random, clients)
        if (client) void client.session.execute(randomCommand(random, client.session.board.view))
        if (random() < 0.05) network.up = !network.up
        if (random() < 0.1) client?.session.hold()
        if (random() < 0.2) client?.session.release()
        await vi.advanceTimersByTimeAsync(Math.floor(random() * 900))
      }
      for (const { session } of clients) session.release()
      await settleDown(network, clients)
      const expected = truth(network.server)
      for (const { session } of clients) {
        expect(content(session.board.confirmed)).toEqual(expected)
        expect(content(session.board.view)).toEqual(expected)
        expect(session.board.pending).toEqual([])
        session.stop()
      }
    },
  )

  it('shows a move at once and keeps it through the events of others', async () => {
    const network = new Network(makeBoard(), seeded(1))
    const { session } = connect(network)
    await session.start()
    const [todo = '', doing = ''] = session.board.view.listIds()
    const [card = '', second = ''] = session.board.view.cardIds(todo)
    network.up = false
    void session.execute({ kind: 'card.move', ids: [card], list_id: doing, place: { at: 'top' } })
    expect(session.board.view.cardIds(doing)[0]).toBe(card)
    network.server.write({ method: 'PATCH', path: `/cards/${card}`, body: { title: 'Renamed' } })
    network.server.write({ method: 'DELETE', path: `/cards/${second}` })
    await vi.advanceTimersByTimeAsync(0)
    expect(session.board.view.cardIds(doing)[0]).toBe(card)
    expect(session.board.view.cards.get(card)?.title).toBe('Renamed')
    expect(session.board.confirmed.cardIds(todo)).toContain(card)
    session.stop()
  })

  it('rolls a refused command back with those that need it and keeps the others', async () => {
    const network = new Network(makeBoard(), seeded(2))
    const { session, refused } = connect(network)
    await session.start()
    const [todo = '', doing = ''] = session.board.view.listIds()
    const [first = '', second = '', third = ''] = session.board.view.cardIds(todo)
    network.server.write({ method: 'DELETE', path: `/lists/${doing}` })
    network.up = false
    session.hold()
    const made = temporaryId()
    void session.execute({ kind: 'card.create', id: made, list_id: doing, title: 'X', place: { at: 'top' } })
    void session.execute({ kind: 'card.move', ids: [first], list_id: todo, place: { after: third } })
    void session.execute({ kind: 'card.move', ids: [made], list_id: todo, place: { at: 'top' } })
    void session.execute({ kind: 'card.move', ids: [second], list_id: todo, place: { before: made } })
    network.up = true
    session.release()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(refused).toHaveLength(1)
    expect(refused[0]?.fallen.map((command) => command.kind)).toEqual(['card.move', 'card.move'])
    expect(session.board.view.cardIds(todo).slice(0, 3)).toEqual([second, third, first])
    session.stop()
  })

  it('gives a card its real id when its own event comes before the answer', async () => {
    const network = new Network(makeBoard(), seeded(3))
    network.faults = { ...HEALTHY, lostAnswer: 1 }
    const { session } = connect(network)
    await session.start()
    const [todo = ''] = session.board.view.listIds()
    const made = temporaryId()
    void session.execute({ kind: 'card.create', id: made, list_id: todo, title: 'X', place: { at: 'top' } })
    void session.execute({ kind: 'card.patch', id: made, fields: { title: 'Y' } })
    network.faults = { ...HEALTHY, lostAnswer: 1 }
    await vi.advanceTimersByTimeAsync(10_000)
    const [top = ''] = session.board.view.cardIds(todo)
    expect(session.board.view.cards.get(top)).toMatchObject({ title: 'Y', number: 16 })
    expect(session.board.view.cards.has(made)).toBe(false)
    expect(network.server.snapshot().cards.filter((card) => card.title === 'Y')).toHaveLength(1)
    session.stop()
  })

  it('sends what an earlier visit could not, once', async () => {
    const network = new Network(makeBoard(), seeded(4))
    const store = new MemoryQueue()
    const before = connect(network, store)
    await before.session.start()
    const [todo = ''] = before.session.board.view.listIds()
    network.up = false
    for (const title of ['1', '2', '3']) {
      const id = temporaryId()
      void before.session.execute({ kind: 'card.create', id, list_id: todo, title, place: { at: 'bottom' } })
    }
    await vi.advanceTimersByTimeAsync(100)
    expect(before.waiting).toEqual({ count: 3, stuck: true })
    before.session.stop()
    network.up = true
    const after = connect(network, store)
    await after.session.start()
    await vi.advanceTimersByTimeAsync(1_000)
    const { view } = after.session.board
    const titles = view.cardIds(todo).map((id) => view.cards.get(id)?.title)
    expect(titles.slice(-3)).toEqual(['1', '2', '3'])
    expect(store.rows.size).toBe(0)
    after.session.stop()
  })

  it('merges labels that two people set at the same time', async () => {
    const network = new Network(makeBoard(), seeded(5))
    const { session } = connect(network)
    await session.start()
    const [card = ''] = session.board.view.cards.keys()
    session.hold()
    network.server.write({ method: 'PATCH', path: `/cards/${card}`, body: { label_ids: ['theirs'] } })
    const done = session.execute({ kind: 'card.toggle', id: card, field: 'label_ids', add: ['ours'], remove: [] })
    await done
    session.release()
    expect(session.board.view.cards.get(card)?.label_ids).toEqual(['theirs', 'ours'])
    session.stop()
  })

  it('hands an edit conflict to the one who asked and writes nothing', async () => {
    const network = new Network(makeBoard(), seeded(6))
    const { session, refused } = connect(network)
    await session.start()
    const [card = ''] = session.board.view.cards.keys()
    const base_version = session.board.view.cards.get(card)?.version
    network.server.write({ method: 'PATCH', path: `/cards/${card}`, body: { title: 'Theirs' } })
    const edit = session.execute({ kind: 'card.patch', id: card, fields: { title: 'Ours' }, base_version })
    await expect(edit).rejects.toBeInstanceOf(Refused)
    expect(refused[0]?.conflicts[0]).toMatchObject({ field: 'title', yours: 'Ours', theirs: 'Theirs' })
    expect(session.board.view.cards.get(card)?.title).toBe('Theirs')
    session.stop()
  })

  it('does not take two edits in a row of the same field for a conflict', async () => {
    const network = new Network(makeBoard(), seeded(7))
    const { session, refused } = connect(network)
    await session.start()
    const [card = ''] = session.board.view.cards.keys()
    const base_version = session.board.view.cards.get(card)?.version
    session.hold()
    void session.execute({ kind: 'card.patch', id: card, fields: { title: 'One' }, base_version })
    await session.execute({ kind: 'card.patch', id: card, fields: { title: 'Two' }, base_version })
    session.release()
    expect(refused).toEqual([])
    expect(session.board.view.cards.get(card)?.title).toBe('Two')
    session.stop()
  })

  it('lets events wait during a drag and applies them after it', async () => {
    const network = new Network(makeBoard(), seeded(8))
    const { session } = connect(network)
    await session.start()
    const [card = ''] = session.board.view.cards.keys()
    session.hold()
    network.server.write({ method: 'DELETE', path: `/cards/${card}` })
    await vi.advanceTimersByTimeAsync(10)
    expect(session.board.view.cards.has(card)).toBe(true)
    session.release()
    expect(session.board.view.cards.has(card)).toBe(false)
    session.stop()
  })
})

describe('the socket of a session', () => {
  function socketOf(network: Network): ModelSocket {
    const [socket] = network.sockets
    if (!socket) throw new Error('no socket is open')
    return socket
  }

  it('sends the token first and answers pings', async () => {
    const network = new Network(makeBoard(), seeded(9))
    const { session } = connect(network)
    await session.start()
    await vi.advanceTimersByTimeAsync(0)
    const socket = socketOf(network)
    socket.say({ type: 'ping' })
    expect(socket.sent).toEqual(['{"type":"auth","token":"t"}', '{"type":"pong"}'])
    session.stop()
  })

  it('reads a snapshot when the server says that the log is too old', async () => {
    const network = new Network(makeBoard(), seeded(10))
    const { session } = connect(network)
    await session.start()
    await vi.advanceTimersByTimeAsync(0)
    network.faults = { ...HEALTHY, skip: 1 }
    const [card = ''] = session.board.view.cards.keys()
    network.server.write({ method: 'PATCH', path: `/cards/${card}`, body: { title: 'Missed' } })
    socketOf(network).say({ type: 'resync', seq: network.server.seq })
    await vi.advanceTimersByTimeAsync(10)
    expect(session.board.view.cards.get(card)?.title).toBe('Missed')
    session.stop()
  })

  it('renews an expired token and connects again without waiting', async () => {
    const network = new Network(makeBoard(), seeded(11))
    const { session, states } = connect(network)
    await session.start()
    await vi.advanceTimersByTimeAsync(0)
    socketOf(network).break(4401)
    await vi.advanceTimersByTimeAsync(0)
    expect(states).toEqual(['live', 'offline', 'live'])
    session.stop()
  })

  it('stops for good when the board is gone', async () => {
    const network = new Network(makeBoard(), seeded(12))
    const { session, states } = connect(network)
    await session.start()
    await vi.advanceTimersByTimeAsync(0)
    socketOf(network).break(4404)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states).toEqual(['live', 'gone'])
    expect(network.sockets.size).toBe(0)
    session.stop()
  })

  it('backs off while the server is away and comes back at once when the network does', async () => {
    const network = new Network(makeBoard(), seeded(13))
    const { session, states } = connect(network)
    await session.start()
    await vi.advanceTimersByTimeAsync(0)
    network.up = false
    socketOf(network).break(1006)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states).toEqual(['live', 'offline'])
    network.up = true
    window.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(0)
    expect(states).toEqual(['live', 'offline', 'live'])
    session.stop()
  })

  it('takes a long silence for a dead connection', async () => {
    const network = new Network(makeBoard(), seeded(14))
    const { session, states } = connect(network)
    await session.start()
    await vi.advanceTimersByTimeAsync(61_000)
    expect(states).toEqual(['live', 'offline', 'live'])
    session.stop()
  })
})
