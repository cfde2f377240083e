// Writes .br and .gz beside every text file of the build; the server picks by Accept-Encoding.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = new URL('../dist/', import.meta.url).pathname
const text = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt', '.webmanifest'])
const smallest = 512

for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !text.has(extname(entry.name))) continue
  const path = join(entry.parentPath, entry.name)
  // The bundler's own notes are not served.
  if (path.includes('/.vite/')) continue
  const body = readFileSync(path)
  if (body.length < smallest) continue
  writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
  }
  writeFileSync(`${path}.br`, brotliCompressSync(body, { params }))
}
