import type { Shortcut } from '@/shared/keys'

export interface SheetGroup {
  name: string
  entries: { label: string; keys: string[] }[]
}

/** The shortcuts by heading; several keys with the same meaning share one line. */
export function sheetOf(shortcuts: readonly Shortcut[]): SheetGroup[] {
  const groups = new Map<string, Map<string, Set<string>>>()
  for (const shortcut of shortcuts) {
    const name = shortcut.group()
    const entries = groups.get(name) ?? new Map<string, Set<string>>()
    groups.set(name, entries)
    const label = shortcut.label()
    entries.set(label, (entries.get(label) ?? new Set()).add(shortcut.keys))
  }
  return [...groups].map(([name, entries]) => ({
    name,
    entries: [...entries].map(([label, keys]) => ({ label, keys: [...keys] })),
  }))
}
