import Papa from 'papaparse'

/** The first rows of a file of rows, as they are shown. */
export interface Table {
  columns: string[]
  rows: string[][]
}

const most = 200
const spell = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

/** `csv` with its header in the first line, with commas, semicolons or tabs. */
export function tableOfCsv(text: string): Table {
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: true, preview: most + 1 })
  const [columns = [], ...rows] = data
  return { columns, rows }
}

/** One JSON object in each line; a line that is cut off or is none ends the table. */
export function tableOfJsonLines(text: string): Table {
  const objects: Record<string, unknown>[] = []
  for (const line of text.split('\n').slice(0, most)) {
    if (line.trim() === '') continue
    try {
      const value: unknown = JSON.parse(line)
      if (typeof value !== 'object' || value === null) break
      objects.push(value as Record<string, unknown>)
    } catch {
      break
    }
  }
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))]
  return { columns, rows: objects.map((object) => columns.map((name) => spell(object[name]))) }
}
