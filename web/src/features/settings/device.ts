export interface Device {
  browser: string | null
  system: string | null
  kind: 'phone' | 'computer' | 'other'
}

// In this order: each browser also names those it descends from.
const browsers: [pattern: RegExp, name: string][] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: [pattern: RegExp, name: string][] = [
  [/iPhone|iPad|iPod/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux|X11/, 'Linux'],
]

function firstMatch(list: [RegExp, string][], text: string): string | null {
  return list.find(([pattern]) => pattern.test(text))?.[1] ?? null
}

/** What a User-Agent says about where somebody signed in; it may be untrue, and is only shown. */
export function describeDevice(userAgent: string | null): Device {
  const text = userAgent ?? ''
  const browser = firstMatch(browsers, text)
  const system = firstMatch(systems, text)
  if (browser === null) {
    // A script says its own name first, such as `curl/8.5`.
    const name = /^[\w.-]+(?:\/[\w.-]+)?/.exec(text)?.[0] ?? null
    return { browser: name === '' ? null : name, system, kind: 'other' }
  }
  const kind = /Mobi|Android|iPhone|iPad/.test(text) ? 'phone' : 'computer'
  return { browser, system, kind }
}
