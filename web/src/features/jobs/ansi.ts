import Anser from 'anser'

export interface Piece {
  text: string
  /** A colour of the terminal, as the styles of the log name it. */
  color: string | null
  bold: boolean
  /** Part of what is searched for. */
  found: boolean
}

const plainTexts = new WeakMap<object, string>()

/** The text of a line without its colours; a long log is searched often, so it is kept. */
export function plainText(line: { text: string }): string {
  let plain = plainTexts.get(line)
  if (plain === undefined) {
    plain = line.text.includes('\u001B') ? Anser.ansiToText(line.text) : line.text
    plainTexts.set(line, plain)
  }
  return plain
}

/** A line cut into pieces of one look each: by the colours it brought, and by what is searched for. */
export function piecesOf(text: string, wanted: string): Piece[] {
  const colored = text.includes('\u001B')
    ? Anser.ansiToJson(text, { use_classes: true, remove_empty: true }).map((part) => ({
        text: part.content,
        color: (part.fg as string | null)?.match(/(black|red|green|yellow|blue|magenta|cyan|white)$/)?.[1] ?? null,
        bold: part.decorations.includes('bold'),
      }))
    : [{ text, color: null, bold: false }]
  const found = placesOf(colored.map((part) => part.text).join(''), wanted)
  const pieces: Piece[] = []
  let start = 0
  for (const part of colored) {
    const end = start + part.text.length
    const cuts = [start, ...found.flat().filter((at) => at > start && at < end), end]
    cuts.slice(1).forEach((to, index) => {
      const from = cuts[index] ?? to
      const hit = found.some(([first, last]) => from >= first && to <= last)
      if (to > from) pieces.push({ ...part, text: part.text.slice(from - start, to - start), found: hit })
    })
    start = end
  }
  return pieces
}

function placesOf(text: string, wanted: string): [number, number][] {
  const places: [number, number][] = []
  if (wanted === '') return places
  const haystack = text.toLowerCase()
  const needle = wanted.toLowerCase()
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + needle.length)) {
    places.push([at, at + needle.length])
  }
  return places
}
