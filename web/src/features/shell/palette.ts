import type { Command, CommandGroup } from '@/shared/keys'

const groups: readonly CommandGroup[] = ['actions', 'goto', 'boards', 'cards']
/** With nothing typed the palette is a menu; with a query it is a list of finds. */
const limits = { menu: { boards: 5, cards: 3 }, found: 8 }

export interface CommandSection {
  group: CommandGroup
  commands: Command[]
}

/** How well a text answers a query: 0 not at all, then higher for earlier and whole words. */
export function matchScore(text: string, query: string): number {
  const haystack = text.toLowerCase()
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  let total = 0
  for (const word of words) {
    const at = haystack.indexOf(word)
    if (at < 0) return 0
    const startsWord = at === 0 || /[\s\-_/#.]/.test(haystack[at - 1] ?? '')
    total += at === 0 ? 3 : startsWord ? 2 : 1
  }
  return words.length === 0 ? 1 : total / words.length
}

/** The sections of the palette for what is typed, best matches first within each. */
export function filterCommands(commands: readonly Command[], query: string): CommandSection[] {
  const typed = query.trim()
  return groups
    .map((group) => {
      const ours = commands.filter((command) => command.group === group)
      if (typed === '') {
        const limit = group === 'boards' || group === 'cards' ? limits.menu[group] : ours.length
        return { group, commands: ours.slice(0, limit) }
      }
      const scored = ours
        .map((command) => ({
          command,
          score: Math.max(matchScore(command.title, typed), matchScore(command.hint ?? '', typed)),
        }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
      return { group, commands: scored.slice(0, limits.found).map(({ command }) => command) }
    })
    .filter((section) => section.commands.length > 0)
}
