import { formatNumber } from './format'
import { i18n } from './i18n'

const units = [
  ['days', 86_400],
  ['hours', 3_600],
  ['minutes', 60],
  ['seconds', 1],
] as const

/**
 * `67 min 30 s`, `2 h 5 min`, `1.2 s`: the two largest units that say something. The route of a page
 * that uses it loads the texts by `loadPageTexts`.
 */
export function formatDuration(seconds: number, most: 'days' | 'hours' | 'minutes' = 'days'): string {
  const { t } = i18n.global
  const say = (unit: string, count: number, digits = 0): string =>
    t(`units.${unit}`, { count: formatNumber(count, { maximumFractionDigits: digits }) })
  if (seconds > 0 && seconds < 0.95) return say('milliseconds', Math.max(1, Math.round(seconds * 1000)))
  if (seconds < 9.95 && !Number.isInteger(seconds)) return say('seconds', seconds, 1)
  const largest = units.findIndex(([unit]) => unit === most)
  let rest = Math.round(seconds)
  const parts: string[] = []
  for (const [unit, size] of units.slice(largest)) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(say(unit, count))
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break
  }
  return parts.length === 0 ? say('seconds', 0) : parts.join(' ')
}
