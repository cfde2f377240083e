export interface Part {
  text: string
  /** This part is not in the other version. */
  own: boolean
}

function tokens(text: string): string[] {
  return text.match(/[\u3400-\u9fff\uf900-\ufaff]|[^\s\u3400-\u9fff\uf900-\ufaff]+|\s+/g) ?? []
}

const LONGEST = 1_500

/** Splits two versions of a text into what they share and what is their own, by words. */
export function wordDiff(mine: string, theirs: string): { mine: Part[]; theirs: Part[] } {
  const a = tokens(mine)
  const b = tokens(theirs)
  if (a.length > LONGEST || b.length > LONGEST) {
    return { mine: [{ text: mine, own: true }], theirs: [{ text: theirs, own: true }] }
  }
  const width = b.length + 1
  // Length of the longest common run of words from each pair of places to the ends.
  const common = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const left: Part[] = []
  const right: Part[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(left, a[i] ?? '', false)
      add(right, b[j] ?? '', false)
      i += 1
      j += 1
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      add(left, a[i] ?? '', true)
      i += 1
    } else {
      add(right, b[j] ?? '', true)
      j += 1
    }
  }
  return { mine: joined(left), theirs: joined(right) }
}

function add(parts: Part[], text: string, own: boolean): void {
  const last = parts.at(-1)
  if (last?.own === own) last.text += text
  else parts.push({ text, own })
}

/** A space between two words of one's own belongs to them. */
function joined(parts: Part[]): Part[] {
  const out: Part[] = []
  for (const [index, part] of parts.entries()) {
    const between = parts[index - 1]?.own === true && parts[index + 1]?.own === true
    add(out, part.text, part.own || (between && part.text.trim() === ''))
  }
  return out
}
