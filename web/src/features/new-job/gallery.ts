import type { Job, JobKind } from '@/shared/kinds/api'
import { appearanceOf, type KindArea } from '@/shared/kinds/appearance'

const areas: KindArea[] = ['media', 'data', 'system', 'plugin']

/** The kinds under their headings, in a fixed order; empty headings are left out. */
export function kindsByArea(kinds: readonly JobKind[]): { area: KindArea; kinds: JobKind[] }[] {
  return areas
    .map((area) => ({ area, kinds: kinds.filter((kind) => appearanceOf(kind.name).area === area) }))
    .filter((group) => group.kinds.length > 0)
}

/** A letter for each kind: the first of its name that is still free and no key of the app. */
export function lettersOf(names: readonly string[], taken: readonly string[]): Map<string, string> {
  const used = new Set(taken)
  const letters = new Map<string, string>()
  for (const name of names) {
    const letter = [...name.toLowerCase()].find((char) => /[a-z]/.test(char) && !used.has(char))
    if (letter === undefined) continue
    used.add(letter)
    letters.set(name, letter)
  }
  return letters
}

export interface UsedBefore {
  job: Job
  times: number
}

/** What a person has started lately, each once with how often; the newest first. */
export function usedBefore(jobs: readonly Job[], most: number): UsedBefore[] {
  const found = new Map<string, UsedBefore>()
  for (const job of jobs) {
    const key = `${job.kind} ${job.title}`
    const entry = found.get(key)
    if (entry) entry.times += 1
    else found.set(key, { job, times: 1 })
  }
  return [...found.values()].slice(0, most)
}

/** The address in what was typed or pasted, if it is one. */
export function addressIn(text: string): string | null {
  const trimmed = text.trim()
  return /^https?:\/\/\S+$/i.test(trimmed) && URL.canParse(trimmed) ? trimmed : null
}
