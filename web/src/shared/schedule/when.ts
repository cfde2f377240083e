import type { Component } from 'vue'

/** When a schedule runs, as its form and the API have it. */
export interface When {
  trigger: 'cron' | 'interval' | 'once'
  cron: string
  every_s: number
  /** A moment in UTC, for `once`. */
  at: string | null
  time_zone: string
}

export interface PolicyOption {
  value: string
  text: string
  hint: string
  icon?: Component
}

export function firstWhen(timeZone: string): When {
  return { trigger: 'cron', cron: '0 9 * * *', every_s: 3600, at: null, time_zone: timeZone }
}

/** Only what the trigger means; the rest is no part of the schedule. */
export function whenBody({ trigger, cron, every_s, at, time_zone }: When) {
  return {
    trigger,
    cron: trigger === 'cron' ? cron.trim().replaceAll(/\s+/g, ' ') : null,
    every_s: trigger === 'interval' ? every_s : null,
    at: trigger === 'once' ? at : null,
    time_zone,
  }
}

export const intervalUnits = [
  { id: 'minutes', seconds: 60 },
  { id: 'hours', seconds: 3_600 },
  { id: 'days', seconds: 86_400 },
] as const

/** The largest unit that has no rest. */
export function unitOf(seconds: number): (typeof intervalUnits)[number] {
  return [...intervalUnits].reverse().find((unit) => seconds % unit.seconds === 0) ?? intervalUnits[0]
}

/** Minutes that a zone is ahead of UTC at a moment. */
export function offsetAt(zone: string, moment: Date): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(moment)
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  )
  return Math.round((wall - Math.floor(moment.getTime() / 1000) * 1000) / 60_000)
}

/** `UTC+5:30`, `UTC-3`, `UTC`. */
export function offsetText(minutes: number): string {
  if (minutes === 0) return 'UTC'
  const size = Math.abs(minutes)
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest}`
}

export interface ComingRun {
  at: string
  offset: number
  /** How the clocks went between the run before and this one. */
  change?: { kind: 'forward' | 'back'; minutes: number; on: string }
}

/** The coming runs with the changes of the clock between them, found by halving the time between. */
export function comingRuns(times: readonly string[], zone: string, from = new Date()): ComingRun[] {
  let before = from
  return times.map((at) => {
    const moment = new Date(at)
    const offset = offsetAt(zone, moment)
    const earlier = offsetAt(zone, before)
    const change =
      offset === earlier
        ? {}
        : {
            change: {
              kind: offset > earlier ? ('forward' as const) : ('back' as const),
              minutes: Math.abs(offset - earlier),
              on: changeBetween(zone, before, moment, earlier).toISOString(),
            },
          }
    before = moment
    return { at, offset, ...change }
  })
}

function changeBetween(zone: string, from: Date, to: Date, offset: number): Date {
  let low = from.getTime()
  let high = to.getTime()
  // Forty halvings bring a hundred years down to milliseconds; a minute is enough.
  for (let step = 0; step < 40 && high - low > 60_000; step += 1) {
    const middle = (low + high) / 2
    if (offsetAt(zone, new Date(middle)) === offset) low = middle
    else high = middle
  }
  return new Date(Math.round(high / 60_000) * 60_000)
}
