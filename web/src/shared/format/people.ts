export interface Named {
  /** Null for an imported person who has no account here. */
  username: string | null
  full_name: string | null
}

export function displayName(person: Named): string {
  const name = person.full_name?.trim() ?? ''
  return name === '' ? (person.username ?? '?') : name
}

const cjk = /[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]/

/** One or two letters for a face: `YL` for Yan Li, the family name for a Chinese one. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/).filter(Boolean)
  const first = words[0]
  if (first === undefined) return '?'
  const letter = [...first][0] ?? '?'
  if (cjk.test(letter)) return letter
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ([...first][1] ?? '')
  return (letter + last).toUpperCase()
}

/** One of `count` colours, the same for the same id everywhere. */
export function faceOf(id: string, count = 8): number {
  let hash = 0
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) >>> 0
  return hash % count
}
