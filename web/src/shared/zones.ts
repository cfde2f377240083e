export interface ZoneOption {
  value: string
  text: string
  hint: string
}

/** Every time zone the browser knows, with its distance from UTC today. */
export function zoneOptions(locale: string, now = new Date()): ZoneOption[] {
  const names = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')]
  return names.map((name) => {
    const parts = new Intl.DateTimeFormat(locale, {
      timeZone: name,
      timeZoneName: 'shortOffset',
    }).formatToParts(now)
    const offset = parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
    return { value: name, text: name.replaceAll('_', ' '), hint: offset }
  })
}
