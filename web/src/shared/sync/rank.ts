const FIRST = 33
const LAST = 126

/**
 * A text key strictly between two neighbours, compared with `<`. It only has to hold until the
 * server's own key arrives, so it may use any printable character.
 */
export function rankBetween(before: string | null, after: string | null): string {
  let key = ''
  for (let at = 0; ; at += 1) {
    const low = before !== null && at < before.length ? before.charCodeAt(at) : FIRST
    const high = after !== null && at < after.length ? after.charCodeAt(at) : LAST + 1
    if (high - low > 1) return key + String.fromCharCode((low + high) >> 1)
    key += String.fromCharCode(low)
    if (low < high) after = null
  }
}

interface Ranked {
  id: string
  rank: string
}

/** Order of cards and lists: by rank as bytes, never by locale; ties fall to the id. */
export function byRank(a: Ranked, b: Ranked): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}
