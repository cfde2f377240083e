import { currentTimeZone } from '@/shared/format'

const formats = new Map<string, Intl.DateTimeFormat>()

/** `14:05:09`, in the reader's zone; made for thousands of lines. */
export function logTime(moment: string): string {
  const zone = currentTimeZone()
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23', timeZone: zone })
    formats.set(zone, format)
  }
  return format.format(new Date(moment))
}
