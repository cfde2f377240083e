import { writeClock } from '@/shared/schema-form/clock'
import type { Field } from '@/shared/schema-form/fields'
import { listedOf } from '@/shared/schema-form/listed'
import { same, variantOf, type Values } from '@/shared/schema-form/values'

export interface SummaryWords {
  label: (field: Field) => string
  choice: (field: Field, value: string) => string
  /** The name of a board that the reader sees. */
  board: (id: string) => string | undefined
  yes: string
  no: string
  items: (count: number) => string
}

/** What was decided, line by line; what is empty or as it always is stays unsaid. */
export function summaryLines(
  fields: readonly Field[],
  values: Values,
  words: SummaryWords,
): { name: string; label: string; text: string }[] {
  return fields.flatMap((field) => {
    const value = values[field.name]
    if (value === null || value === undefined || value === '') return []
    const isChoice = field.type === 'choice' && field.default !== undefined
    if (!isChoice && same(value, field.default)) return []
    const text = textOf(field, value, words)
    return text === '' ? [] : [{ name: field.name, label: words.label(field), text }]
  })
}

function textOf(field: Field, value: unknown, words: SummaryWords): string {
  switch (field.type) {
    case 'text':
      if (listedOf(field) === 'board') return words.board(String(value)) ?? String(value)
      return field.format === 'password' || field.ui.widget === 'password' ? '••••' : String(value)
    case 'number':
      if (/^(start|end)_time$/.test(field.name)) return writeClock(Number(value))
      return [String(value), field.ui.unit].filter(Boolean).join(' ')
    case 'switch':
      if (field.default === undefined && value === false) return ''
      return value === true ? words.yes : words.no
    case 'choice':
      return words.choice(field, String(value))
    case 'choices':
      return (value as unknown[]).map((item) => words.choice(field, String(item))).join(', ')
    case 'tags':
      return (value as unknown[]).join(', ')
    case 'list':
      return (value as unknown[]).length === 0 ? '' : words.items((value as unknown[]).length)
    case 'pairs':
      return Object.keys(value as object).join(', ')
    case 'variants': {
      const id = variantOf(field, value)?.id
      return id === undefined ? '' : words.choice(field, id)
    }
    default:
      return ''
  }
}
