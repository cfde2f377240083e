/** Seconds of `90`, `1:30`, `01:01:30.5`; null for what is no time. */
export function readClock(text: string): number | null {
  const trimmed = text.trim()
  if (!/^\d{1,6}(:[0-5]?\d){0,2}([.,]\d{1,3})?$/.test(trimmed)) return null
  return trimmed
    .replace(',', '.')
    .split(':')
    .reduce((seconds, part) => seconds * 60 + Number(part), 0)
}

/** `00:04:30`, with as many digits after the point as are needed. */
export function writeClock(seconds: number): string {
  const whole = Math.floor(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const rest = Math.round((seconds - whole) * 1000)
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`
  return parts.map((part) => String(part).padStart(2, '0')).join(':') + fraction
}
