import { newKey } from '@/shared/new-key'

import type { Command } from './commands'

/** A command as it is kept on this device until the server has answered. */
export interface StoredCommand {
  op: string
  /** User and board it belongs to. */
  scope: string
  /** The tab that made it; a tab that is gone leaves its commands to the next one. */
  tab: string
  command: Command
  at: string
}

/** Where commands wait while the server is away, so that a reload loses none. */
export interface QueueStore {
  /** Settles when the command outlives the page. */
  put: (stored: StoredCommand) => Promise<void>
  remove: (op: string) => Promise<void>
  /**
   * Hands over the commands of a scope that no other tab is working on, oldest first: at once,
   * and whenever one of the other tabs goes, until the signal.
   */
  adopt: (
    scope: string,
    take: (left: StoredCommand[]) => void,
    until: AbortSignal,
  ) => Promise<void>
}

const STORE = 'commands'
const tab = newKey()

let opened: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('taskly-queue', 1)
    request.onupgradeneeded = () => {
      request.result
        .createObjectStore(STORE, { keyPath: 'id', autoIncrement: true })
        .createIndex('op', 'op', { unique: true })
    }
    request.onsuccess = () => {
      holdTab()
      resolve(request.result)
    }
    request.onerror = () => {
      reject(request.error ?? new Error('The browser keeps no data for this page.'))
    }
  })
  return opened
}

function lockName(of: string): string {
  return `taskly-tab-${of}`
}

/** Missing on plain-http origins other than localhost; a tab's commands are then any tab's. */
const locks = navigator.locks as LockManager | undefined

/** Holds a lock for as long as the tab lives, which is how other tabs know that it does. */
function holdTab(): void {
  void locks?.request(lockName(tab), () => new Promise<never>(() => undefined))
}

/** Calls back once no page works as that tab any more, unless the signal comes first. */
async function whenGone(other: string, until: AbortSignal, act: () => Promise<void>): Promise<void> {
  if (other === tab || !locks) {
    await act()
    return
  }
  await locks.request(lockName(other), { signal: until }, act).catch((error: unknown) => {
    if (!until.aborted) throw error
  })
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The queue could not be read.'))
  })
}

async function begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
  return (await open()).transaction(STORE, mode)
}

/** An answered request may still be lost; what is committed is not. */
function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('The queue was not kept.'))
  })
}

type Row = StoredCommand & { id?: IDBValidKey }

async function putRow(stored: StoredCommand): Promise<void> {
  const transaction = await begin('readwrite')
  const store = transaction.objectStore(STORE)
  const id = await done(store.index('op').getKey(stored.op))
  const row: Row = id === undefined ? { ...stored, tab } : { ...stored, tab, id }
  store.put(row)
  await committed(transaction)
}

async function rowsOf(scope: string): Promise<StoredCommand[]> {
  const store = (await begin('readonly')).objectStore(STORE)
  const rows = (await done(store.getAll())) as StoredCommand[]
  return rows.filter((row) => row.scope === scope)
}

/** The queue in IndexedDB, shared by the tabs of this browser. */
export const deviceQueue: QueueStore = {
  put: putRow,
  async remove(op) {
    const transaction = await begin('readwrite')
    const store = transaction.objectStore(STORE)
    const id = await done(store.index('op').getKey(op))
    if (id !== undefined) store.delete(id)
    await committed(transaction)
  },
  async adopt(scope, take, until) {
    const tabs = new Set((await rowsOf(scope)).map((row) => row.tab))
    const adoptions = [...tabs].map((other) =>
      whenGone(other, until, async () => {
        // Read again: the tab may have sent some since, or another tab taken them over.
        const left = (await rowsOf(scope)).filter((row) => row.tab === other)
        for (const row of left) await putRow(row)
        if (!until.aborted) take(left)
      }),
    )
    await Promise.all(adoptions)
  },
}
