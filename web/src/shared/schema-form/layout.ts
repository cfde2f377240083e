import type { Field } from './fields'

/** Whether a field wants a line of its own. */
export function isWide(field: Field): boolean {
  switch (field.type) {
    case 'text':
      return field.format === 'uri' || field.ui.widget !== undefined || (field.maxLength ?? 999) > 120
    case 'choice':
      return field.ui.widget === 'tiles'
    case 'switch':
    case 'number':
      return false
    default:
      return true
  }
}

/** `start_time` and `end_time` beside each other are one range. */
export function timePairOf(fields: readonly Field[]): { start: Field; end: Field } | undefined {
  const start = fields.find((field) => field.name === 'start_time')
  const end = fields.find((field) => field.name === 'end_time')
  return start && end ? { start, end } : undefined
}

export interface Section {
  /** Null for the first one, which needs no heading. */
  name: string | null
  fields: Field[]
}

/** The fields as sections by `ui.group`, in the order of the schema; those for experts apart. */
export function sectionsOf(fields: readonly Field[]): { sections: Section[]; advanced: Field[] } {
  const sections: Section[] = []
  const advanced: Field[] = []
  for (const field of fields) {
    if (field.type === 'fixed') continue
    if (field.ui.advanced === true) {
      advanced.push(field)
      continue
    }
    const name = field.ui.group ?? null
    const section = sections.find((entry) => entry.name === name)
    if (section) section.fields.push(field)
    else sections.push({ name, fields: [field] })
  }
  return { sections, advanced }
}
