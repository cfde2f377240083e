import { describe, expect, it } from 'vitest'

const files = import.meta.glob<Record<string, string>>('./*/**/*.json', {
  eager: true,
  import: 'default',
})

/** All texts of a language by feature, those of pages that load their own included. */
function textsOf(locale: string): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => path.startsWith(`./${locale}/`))
      .map(([path, texts]) => [path.slice(path.lastIndexOf('/') + 1, -'.json'.length), texts]),
  )
}
const en = textsOf('en')
const zh = textsOf('zh-CN')

const sources = import.meta.glob<string>(['../**/*.{ts,vue}', '!../**/*.test.ts'], {
  eager: true,
  query: '?raw',
  import: 'default',
})
const code = Object.values(sources).join('\n')

function keysOf(messages: Record<string, Record<string, string>>): string[] {
  return Object.entries(messages).flatMap(([feature, texts]) =>
    Object.keys(texts).map((key) => `${feature}.${key}`),
  )
}

function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
}

/** Parts of the code that name keys: whole ones, and the beginnings of those built at run time. */
function namedInCode() {
  const features = Object.keys(en).join('|')
  const whole = new Set(
    [...code.matchAll(new RegExp(`['"\`]((?:${features})\\.[\\w.]+)['"\`]`, 'g'))].map(
      (match) => match[1] ?? '',
    ),
  )
  const built = [
    ...code.matchAll(new RegExp(`\`((?:${features})\\.[\\w.]*)\\$\\{[^}]*\\}([\\w.]*)\``, 'g')),
  ].map((match) => ({ start: match[1] ?? '', end: match[2] ?? '' }))
  // Some strings only look like keys (names of events and commands); a call of `t` is one for sure.
  const calls = [...code.matchAll(/\bt\(([^)]*)\)|\btitle: ('[\w.]+')/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  const asked = calls.flatMap((call) =>
    [...call.matchAll(new RegExp(`['"\`]((?:${features})\\.[\\w.]+)['"\`]`, 'g'))].map(
      (match) => match[1] ?? '',
    ),
  )
  return { whole, built, asked }
}

describe('the texts of the app', () => {
  it('exist in both languages', () => {
    expect(keysOf(zh)).toEqual(keysOf(en))
  })

  it('are not empty and take the same values in both languages', () => {
    for (const [feature, texts] of Object.entries(en)) {
      for (const [key, text] of Object.entries(texts)) {
        const other = zh[feature]?.[key] ?? ''
        expect(text.trim(), `${feature}.${key}`).not.toBe('')
        expect(other.trim(), `${feature}.${key}`).not.toBe('')
        expect(placeholders(other), `${feature}.${key}`).toEqual(placeholders(text))
      }
    }
  })

  it('are sorted by key in each file', () => {
    for (const messages of [en, zh]) {
      for (const [feature, texts] of Object.entries(messages)) {
        const keys = Object.keys(texts)
        expect(keys, feature).toEqual([...keys].sort())
      }
    }
  })

  it('are all used, and every key that the code names exists', () => {
    const { whole, built, asked } = namedInCode()
    const known = new Set(keysOf(en))
    const unused = [...known].filter(
      (key) =>
        !whole.has(key) &&
        !built.some(({ start, end }) => key.startsWith(start) && key.endsWith(end)),
    )
    const missing = asked.filter((key) => !known.has(key))
    expect(asked.length).toBeGreaterThan(100)
    expect(unused).toEqual([])
    expect(missing).toEqual([])
  })
})
