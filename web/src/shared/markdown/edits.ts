export interface Selection {
  text: string
  start: number
  end: number
}

/** Puts marks around the selection, or takes them off where they are. */
export function wrap({ text, start, end }: Selection, mark: string): Selection {
  const chosen = text.slice(start, end)
  const before = text.slice(0, start)
  const after = text.slice(end)
  if (before.endsWith(mark) && after.startsWith(mark)) {
    return {
      text: before.slice(0, -mark.length) + chosen + after.slice(mark.length),
      start: start - mark.length,
      end: end - mark.length,
    }
  }
  return {
    text: before + mark + chosen + mark + after,
    start: start + mark.length,
    end: end + mark.length,
  }
}

/** Begins each selected line with a prefix, or takes it off where all have it. */
export function prefixLines({ text, start, end }: Selection, prefix: (line: number) => string): Selection {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const stop = text.indexOf('\n', end)
  const to = stop < 0 ? text.length : stop
  const lines = text.slice(from, to).split('\n')
  const has = lines.every((line, at) => line.startsWith(prefix(at)))
  const changed = lines
    .map((line, at) => (has ? line.slice(prefix(at).length) : prefix(at) + line))
    .join('\n')
  return { text: text.slice(0, from) + changed + text.slice(to), start: from, end: from + changed.length }
}

/** Makes the selection the text of a link and selects its address. */
export function link({ text, start, end }: Selection, placeholder: string): Selection {
  const words = text.slice(start, end) || placeholder
  const address = 'https://'
  const made = `[${words}](${address})`
  const at = start + words.length + 3
  return { text: text.slice(0, start) + made + text.slice(end), start: at, end: at + address.length }
}
