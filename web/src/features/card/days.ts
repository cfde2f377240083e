import { parseDate, Time, toCalendarDateTime, toZoned } from '@internationalized/date'

import { currentTimeZone } from '@/shared/format'

/** The last minute of a day in the user's time zone: what is due on it is late only after it. */
export function endOfDay(day: string): string {
  return at(day, new Time(23, 59))
}

export function startOfDay(day: string): string {
  return at(day, new Time(0, 0))
}

function at(day: string, time: Time): string {
  return toZoned(toCalendarDateTime(parseDate(day), time), currentTimeZone()).toAbsoluteString()
}
