import { currentLocale } from '@/shared/i18n'

const tag = (): string => (currentLocale() === 'en' ? 'en-GB' : currentLocale())

function format(at: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(tag(), { timeZone: zone, ...options }).format(at)
}

const dayNumber = (at: Date, zone: string): number => {
  const text = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at)
  return Date.parse(text) / 86_400_000
}

export function timeIn(at: string, zone: string): string {
  return format(new Date(at), zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** `today`, `tomorrow`, `Monday`, `Mon 30 Nov`: the day of a coming moment by the clock of a zone. */
export function dayIn(at: string, zone: string, now: Date): string {
  const moment = new Date(at)
  const days = dayNumber(moment, zone) - dayNumber(now, zone)
  if (days >= -1 && days <= 1) {
    return new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' }).format(days, 'day')
  }
  if (days > 1 && days < 7) return format(moment, zone, { weekday: 'long' })
  const year = Math.abs(days) > 300 ? { year: 'numeric' as const } : {}
  return format(moment, zone, { weekday: 'short', day: 'numeric', month: 'short', ...year })
}
