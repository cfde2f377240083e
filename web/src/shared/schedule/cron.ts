/** What a cron rule says, taken apart as far as a sentence can be made of it. */
export interface CronSaying {
  /** `every` a number of minutes or hours, or `at` a time of day, or once an hour at a minute. */
  rhythm:
    | { kind: 'minutes'; every: number }
    | { kind: 'hours'; every: number }
    | { kind: 'hourly'; minute: number }
    | { kind: 'at'; times: string[] }
  /** Only between these hours, both inclusive as cron has them. */
  between?: { from: string; to: string }
  days:
    | { kind: 'every' }
    | { kind: 'weekdays' }
    | { kind: 'weekend' }
    /** 0 is Sunday. */
    | { kind: 'week'; days: number[] }
    | { kind: 'month'; days: number[] }
    | { kind: 'lastDay' }
  /** 1 to 12; empty for all. */
  months: number[]
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const monthNames = [
  'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec',
]

export function cronParts(cron: string): string[] {
  return cron.trim().split(/\s+/)
}

/** The numbers of a field such as `1-5`, `mon,wed`, `7`; null for what is no plain list. */
function numbersOf(field: string, names: readonly string[], first: number): number[] | null {
  const one = (text: string): number => {
    const named = names.indexOf(text.toLowerCase())
    if (named >= 0) return named + first
    return /^\d+$/.test(text) ? Number(text) : Number.NaN
  }
  const numbers: number[] = []
  for (const part of field.split(',')) {
    const [from = '', to = from, more] = part.split('-')
    const start = one(from)
    const end = one(to)
    if (Number.isNaN(start) || Number.isNaN(end) || more !== undefined || end < start) return null
    for (let value = start; value <= end && numbers.length < 100; value += 1) numbers.push(value)
  }
  return numbers
}

const two = (value: number): string => String(value).padStart(2, '0')
const stepOf = (field: string): number | null => {
  const found = /^\*\/(\d{1,2})$/.exec(field)
  return found ? Number(found[1]) : null
}

/** The sentence of a rule, or null where a rule is beyond one. */
export function sayingOf(cron: string): CronSaying | null {
  const parts = cronParts(cron)
  const [minute, hour, day, month, weekday] = parts
  if (parts.length !== 5 || !minute || !hour || !day || !month || !weekday) return null
  const days = daysOf(day, weekday)
  const months = month === '*' ? [] : numbersOf(month, monthNames, 1)
  if (days === null || months === null) return null
  const rest = { days, months }

  const everyMinutes = minute === '*' ? 1 : stepOf(minute)
  if (everyMinutes !== null) {
    if (hour === '*') return { rhythm: { kind: 'minutes', every: everyMinutes }, ...rest }
    const range = /^(\d{1,2})-(\d{1,2})$/.exec(hour)
    if (!range) return null
    const between = { from: `${two(Number(range[1]))}:00`, to: `${two(Number(range[2]))}:59` }
    return { rhythm: { kind: 'minutes', every: everyMinutes }, between, ...rest }
  }
  const minutes = numbersOf(minute, [], 0)
  if (minutes === null) return null
  const everyHours = stepOf(hour)
  if (everyHours !== null && minute === '0') {
    return { rhythm: { kind: 'hours', every: everyHours }, ...rest }
  }
  const [only] = minutes
  if (hour === '*' && minutes.length === 1 && only !== undefined) {
    return { rhythm: { kind: 'hourly', minute: only }, ...rest }
  }
  const hours = numbersOf(hour, [], 0)
  if (hours === null || hours.length * minutes.length > 4) return null
  const times = hours.flatMap((h) => minutes.map((m) => `${two(h)}:${two(m)}`))
  return { rhythm: { kind: 'at', times }, ...rest }
}

function daysOf(day: string, weekday: string): CronSaying['days'] | null {
  if (day === '*' && weekday === '*') return { kind: 'every' }
  if (day === '*') {
    const found = numbersOf(weekday, dayNames, 0)
    if (found === null) return null
    const days = [...new Set(found.map((value) => value % 7))].sort((a, b) => a - b)
    const text = days.join()
    if (text === '1,2,3,4,5') return { kind: 'weekdays' }
    if (text === '0,6') return { kind: 'weekend' }
    return days.length === 7 ? { kind: 'every' } : { kind: 'week', days }
  }
  if (weekday !== '*') return null
  if (day.toUpperCase() === 'L') return { kind: 'lastDay' }
  const days = numbersOf(day, [], 1)
  return days === null || days.length > 5 ? null : { kind: 'month', days }
}

const clock = /(\d{1,2})(?:[:：点时](\d{2})?)?\s*(?:分)?\s*(am|pm)?/i

/** A rule from what people type: `every weekday at 7`, `每周一 6:30`. Null where nothing is understood. */
export function ruleFromPhrase(phrase: string): string | null {
  const text = phrase.trim().toLowerCase()
  const every = /^(?:every|每)\s*(\d{1,2})?\s*(minutes?|mins?|hours?|分钟|个?小时)$/.exec(text)
  if (every) {
    const count = Number(every[1] ?? 1)
    const isHours = /hour|小时/.test(every[2] ?? '')
    if (count < 1 || count > (isHours ? 23 : 59)) return null
    if (isHours) return count === 1 ? '0 * * * *' : `0 */${count} * * *`
    return count === 1 ? '* * * * *' : `*/${count} * * * *`
  }
  if (/^(hourly|每小时)$/.test(text)) return '0 * * * *'
  const days = weekdayOf(text)
  if (days === null) return null
  const at = clock.exec(days.rest)
  const hour = at ? Number(at[1]) + (at[3] === 'pm' && Number(at[1]) < 12 ? 12 : 0) : 0
  const minute = Number(at?.[2] ?? 0)
  if (days.rest.trim() !== '' && !at) return null
  return hour > 23 || minute > 59 ? null : `${minute} ${hour} * * ${days.field}`
}

const chineseDays = ['日', '一', '二', '三', '四', '五', '六']

function weekdayOf(text: string): { field: string; rest: string } | null {
  const match = (pattern: RegExp, field: string) => {
    const found = pattern.exec(text)
    return found ? { field, rest: text.slice(found[0].length) } : null
  }
  const fixed =
    match(/^(?:every\s*(?:weekday|working day|work day)s?|weekdays|每个?工作日)/, '1-5') ??
    match(/^(?:every\s*weekend|weekends|每个?周末)/, '0,6') ??
    match(/^(?:every\s*day|daily|每天|每日)/, '*')
  if (fixed) return fixed
  for (const [index, name] of dayNames.entries()) {
    const found =
      match(new RegExp(`^(?:every\\s*)?${name}[a-z]*`), String(index)) ??
      match(new RegExp(`^每个?(?:周|星期)${chineseDays[index] ?? ''}`), String(index))
    if (found) return found
  }
  return match(/^每(?:周|星期)天/, '0')
}
