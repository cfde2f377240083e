// Fails the build when a page would load more than the agreed sizes (all in gzip).
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budgets = { initialJs: 110, boardRoute: 150, initialCss: 12, boardCss: 16, lazyChunk: 80 }
const root = new URL('../dist/', import.meta.url)

/** @typedef {{ file: string, isEntry?: boolean, imports?: string[], css?: string[] }} Chunk */
/** @type {Record<string, Chunk>} */
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', root), 'utf8'))

/** @param {string} file */
const kilobytes = (file) => gzipSync(readFileSync(new URL(file, root)), { level: 9 }).length / 1024

/** Everything that is loaded before a page can be shown. @param {string[]} keys */
function loadedWith(keys) {
  /** @type {Set<string>} */
  const seen = new Set()
  /** @param {string} key */
  const follow = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    for (const next of manifest[key]?.imports ?? []) follow(next)
  }
  keys.forEach(follow)
  return seen
}

/** @param {Set<string>} keys */
function sizeOf(keys) {
  const chunks = [...keys].map((key) => manifest[key])
  const styles = new Set(chunks.flatMap((chunk) => chunk.css ?? []))
  return {
    js: chunks.reduce((sum, chunk) => sum + kilobytes(chunk.file), 0) + language,
    css: [...styles].reduce((sum, file) => sum + kilobytes(file), 0),
  }
}

// Everyone also loads one language; the larger one counts.
const languages = Object.keys(manifest).filter((key) => /locales\/[\w-]+\.ts$/.test(key))
const language = Math.max(0, ...languages.map((key) => kilobytes(manifest[key].file)))
const entries = Object.keys(manifest).filter((key) => manifest[key].isEntry)
const board = Object.keys(manifest).filter((key) => key.endsWith('board/BoardPage.vue'))
const initial = loadedWith(entries)
const boardRoute = loadedWith([...entries, ...board])

const lazy = Object.entries(manifest)
  .filter(([key, chunk]) => !initial.has(key) && chunk.file.endsWith('.js'))
  .map(([, chunk]) => ({ file: chunk.file, size: kilobytes(chunk.file) }))
  .sort((a, b) => b.size - a.size)

let failed = false
/** @param {string} name @param {number} size @param {number} limit */
function report(name, size, limit) {
  const over = size > limit
  failed ||= over
  console.log(`${over ? 'OVER ' : 'ok   '} ${name}: ${size.toFixed(1)} of ${limit} KB gzip`)
}
const first = sizeOf(initial)
const withBoard = sizeOf(boardRoute)
report('initial JavaScript, one language included', first.js, budgets.initialJs)
report('JavaScript of an open board', withBoard.js, budgets.boardRoute)
report('initial CSS', first.css, budgets.initialCss)
report('CSS of an open board', withBoard.css, budgets.boardCss)
for (const { file, size } of lazy.slice(0, 3)) report(`lazy ${file}`, size, budgets.lazyChunk)
if (failed) process.exit(1)
