import { queryOf, type Filters } from './filters'

/** A filter under a name; the query is the one of the address bar. */
export interface SavedFilter {
  name: string
  query: Record<string, string>
}

const most = 20

export function savedQuery(filters: Filters): Record<string, string> {
  const entries = Object.entries(queryOf(filters)) as [string, string | undefined][]
  return Object.fromEntries(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}

function isSame(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => a[name] === b[name])
}

/** The saved filter that shows just this. */
export function savedAs(saved: readonly SavedFilter[], filters: Filters): SavedFilter | undefined {
  const query = savedQuery(filters)
  return saved.find((one) => isSame(one.query, query))
}

/** With one more; a name that there is already gets the new filter, and the oldest make room. */
export function withSaved(saved: readonly SavedFilter[], name: string, filters: Filters): SavedFilter[] {
  const one = { name: name.trim(), query: savedQuery(filters) }
  const at = saved.findIndex((entry) => entry.name === one.name)
  const all = at < 0 ? [...saved, one] : saved.map((entry, index) => (index === at ? one : entry))
  return all.slice(-most)
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** What the browser kept, as far as it is what we wrote. */
export function savedFrom(stored: unknown): SavedFilter[] {
  if (!Array.isArray(stored)) return []
  return (stored as unknown[]).flatMap((entry) => {
    const { name, query } = (entry ?? {}) as { name?: unknown; query?: unknown }
    if (!isText(name) || name === '' || typeof query !== 'object' || query === null) return []
    return Object.values(query).every(isText) ? [{ name, query: query as SavedFilter['query'] }] : []
  })
}
