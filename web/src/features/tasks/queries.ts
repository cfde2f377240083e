/** What the page asks for when nothing else was said; the same as the server's own default. */
export const usualQuery = 'assignee:me is:open sort:due'

/** Ready-made queries, which also show how the language is written. */
export const readyQueries = {
  mine: usualQuery,
  fortnight: 'assignee:me is:open due<=2w',
  undated: 'assignee:me is:open due:none',
  everyone: 'is:open',
  finished: 'assignee:me completed>=-7d sort:-completed',
} as const
export type ReadyQuery = keyof typeof readyQueries
export const readyNames = Object.keys(readyQueries) as ReadyQuery[]
