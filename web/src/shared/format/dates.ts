import { currentLocale } from '@/shared/i18n'

const formatters = new Map<string, Intl.DateTimeFormat>()
let timeZone: string | undefined
// Made once: a board asks for the day of hundreds of moments, and making one is slow.
let dayFormatter: Intl.DateTimeFormat | undefined

/** The zone that times are shown in; undefined means the browser's. */
export function setTimeZone(zone: string | undefined): void {
  timeZone = zone
  formatters.clear()
  dayFormatter = undefined
}

export function currentTimeZone(): string {
  return timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
}

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = currentLocale()
  const key = locale + JSON.stringify(options)
  let found = formatters.get(key)
  if (!found) {
    const zone = timeZone === undefined ? {} : { timeZone }
    found = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { ...zone, ...options })
    formatters.set(key, found)
  }
  return found
}

type Moment = string | number | Date

/** Year, month and day of a moment in the user's zone, as `2026-11-24`. */
export function dayOf(moment: Moment): string {
  dayFormatter ??= new Intl.DateTimeFormat('en-CA', {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return dayFormatter.format(new Date(moment))
}

/** Whole days from `from` to `to` by the calendar of the user's zone. */
export function daysBetween(from: Moment, to: Moment): number {
  return Math.round((Date.parse(dayOf(to)) - Date.parse(dayOf(from))) / 86_400_000)
}

/** `24 Nov`, with the year when it is not this one. */
export function formatDay(moment: Moment, now: Moment = Date.now()): string {
  const sameYear = dayOf(moment).slice(0, 4) === dayOf(now).slice(0, 4)
  const year = sameYear ? {} : { year: 'numeric' as const }
  return formatter({ day: 'numeric', month: 'short', ...year }).format(new Date(moment))
}

/** `Tuesday 24 November`. */
export function formatLongDay(moment: Moment): string {
  return formatter({ weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(moment))
}

export function formatTime(moment: Moment): string {
  return formatter({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(moment),
  )
}

/** `24 Nov 2026, 14:05`. */
export function formatDateTime(moment: Moment): string {
  return formatter({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(moment))
}

/** `yesterday`, `today`, `tomorrow` in the user's language, else the day. */
export function formatDue(moment: Moment, now: Moment = Date.now()): string {
  const days = daysBetween(now, moment)
  if (Math.abs(days) <= 1) {
    const word = new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' }).format(
      days,
      'day',
    )
    return word.charAt(0).toUpperCase() + word.slice(1)
  }
  return formatDay(moment, now)
}

const steps: [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3_600, 60, 'minute'],
  [86_400, 3_600, 'hour'],
  [7 * 86_400, 86_400, 'day'],
]

/** `3 minutes ago` for the last week, then the day. */
export function formatAgo(moment: Moment, now: Moment = Date.now()): string {
  const seconds = Math.round((new Date(now).getTime() - new Date(moment).getTime()) / 1000)
  const relative = new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto', style: 'short' })
  if (Math.abs(seconds) < 45) return relative.format(0, 'second')
  for (const [limit, size, unit] of steps) {
    if (Math.abs(seconds) < limit) return relative.format(-Math.round(seconds / size), unit)
  }
  return formatDay(moment, now)
}
