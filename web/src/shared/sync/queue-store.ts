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
  put: (stored: StoredCommand) => Promise<void>
  remove: (op: string) => Promise<void>
  /** The commands of a scope that no open tab is working on, oldest first. */
  adopt: (scope: string) => Promise<StoredCommand[]>
}

const STORE = 'commands'
const tab = crypto.randomUUID()

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

/** Holds a lock for as long as the tab lives, which is how other tabs know that it does. */
function holdTab(): void {
  if (!('locks' in navigator)) return
  void navigator.locks.request(lockName(tab), () => new Promise<never>(() => undefined))
}

async function livingTabs(): Promise<Set<string>> {
  if (!('locks' in navigator)) return new Set()
  const { held = [] } = await navigator.locks.query()
  return new Set(held.map((lock) => lock.name ?? ''))
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The queue could not be read.'))
  })
}

async function commands(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  return (await open()).transaction(STORE, mode).objectStore(STORE)
}

type Row = StoredCommand & { id?: IDBValidKey }

async function putRow(stored: StoredCommand): Promise<void> {
  const store = await commands('readwrite')
  const id = await done(store.index('op').getKey(stored.op))
  const row: Row = id === undefined ? { ...stored, tab } : { ...stored, tab, id }
  await done(store.put(row))
}

/** The queue in IndexedDB, shared by the tabs of this browser. */
export const deviceQueue: QueueStore = {
  put: putRow,
  async remove(op) {
    const store = await commands('readwrite')
    const id = await done(store.index('op').getKey(op))
    if (id !== undefined) await done(store.delete(id))
  },
  async adopt(scope) {
    const rows = (await done((await commands('readonly')).getAll())) as StoredCommand[]
    const living = await livingTabs()
    const orphans = rows.filter((row) => row.scope === scope && !living.has(lockName(row.tab)))
    for (const row of orphans) await putRow(row)
    return orphans
  },
}
