import type { Field } from './fields'
import { variantOf, type Values } from './values'

/** What is wrong, by path (`steps.0.url`); the empty path is for what belongs to no field. */
export type Errors = Record<string, string>

export interface Complaint {
  path: string
  /** Names a text `form.error.<code>`. */
  code:
    | 'required'
    | 'short'
    | 'long'
    | 'pattern'
    | 'url'
    | 'number'
    | 'integer'
    | 'min'
    | 'max'
    | 'above'
    | 'below'
    | 'few'
    | 'many'
    | 'json'
  limit?: number
}

/** A JSON field keeps what was typed for as long as it is no JSON. */
export class Unreadable {
  constructor(readonly text: string) {}
}

/** What the server would refuse, found before it is asked. The server has the last word. */
export function complaints(fields: readonly Field[], values: Values, prefix = ''): Complaint[] {
  return fields.flatMap((field) => {
    const path = prefix === '' ? field.name : `${prefix}.${field.name}`
    return check(field, values[field.name], path)
  })
}

function check(field: Field, value: unknown, path: string): Complaint[] {
  if (value instanceof Unreadable) return [{ path, code: 'json' }]
  const isMissing = value === null || value === undefined || value === ''
  if (isMissing) {
    const mayLack = !field.required || field.nullable || field.type === 'fixed'
    return mayLack ? [] : [{ path, code: 'required' }]
  }
  switch (field.type) {
    case 'text':
      return typeof value === 'string' ? checkText(field, value, path) : []
    case 'number':
      return checkNumber(field, value, path)
    case 'group':
      return complaints(field.fields, value as Values, path)
    case 'variants': {
      const variant = variantOf(field, value)
      return variant === undefined ? [] : check(variant.field, value, path)
    }
    case 'tags':
    case 'choices':
    case 'list': {
      const items = Array.isArray(value) ? (value as unknown[]) : []
      const inner =
        field.type === 'list'
          ? items.flatMap((item, index) => check(field.item, item, `${path}.${index}`))
          : []
      return [...checkSize(field, items.length, path), ...inner]
    }
    default:
      return []
  }
}

function checkSize(
  field: { minItems?: number; maxItems?: number; required: boolean },
  count: number,
  path: string,
): Complaint[] {
  const { minItems, maxItems } = field
  if (minItems !== undefined && count < minItems && (field.required || count > 0)) {
    return [{ path, code: 'few', limit: minItems }]
  }
  if (maxItems !== undefined && count > maxItems) return [{ path, code: 'many', limit: maxItems }]
  return []
}

function checkText(
  field: Extract<Field, { type: 'text' }>,
  value: string,
  path: string,
): Complaint[] {
  const text = value.trim()
  const length = [...text].length
  if (field.minLength !== undefined && length < field.minLength) {
    return [{ path, code: text === '' ? 'required' : 'short', limit: field.minLength }]
  }
  if (field.maxLength !== undefined && length > field.maxLength) {
    return [{ path, code: 'long', limit: field.maxLength }]
  }
  if (field.format === 'uri' && !URL.canParse(text)) return [{ path, code: 'url' }]
  return matches(field.pattern, text) ? [] : [{ path, code: 'pattern' }]
}

/** A pattern that this browser cannot read is left to the server. */
function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}

function checkNumber(
  field: Extract<Field, { type: 'number' }>,
  value: unknown,
  path: string,
): Complaint[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return [{ path, code: 'number' }]
  if (field.integer && !Number.isInteger(value)) return [{ path, code: 'integer' }]
  const { min, max, above, below } = field
  if (min !== undefined && value < min) return [{ path, code: 'min', limit: min }]
  if (max !== undefined && value > max) return [{ path, code: 'max', limit: max }]
  if (above !== undefined && value <= above) return [{ path, code: 'above', limit: above }]
  if (below !== undefined && value >= below) return [{ path, code: 'below', limit: below }]
  return []
}

/**
 * The errors of a problem document by the paths of the form. The server writes `params.steps.0.url`
 * and puts the names of union members in between; the nearest field that the form has is told.
 */
export function errorsFrom(
  problems: readonly { field: string; message: string }[],
  fields: readonly Field[],
  prefix: string,
): Errors {
  const errors: Errors = {}
  for (const { field, message } of problems) {
    const parts = field.split('.')
    const own = parts[0] === prefix ? parts.slice(1) : parts
    const path = parts[0] === prefix ? nearest(own, fields) : ''
    // The first one is the most telling: a union reports each of its members.
    errors[path] ??= path === '' && own.length > 0 ? `${own.join('.')}: ${message}` : message
  }
  return errors
}

function nearest(parts: readonly string[], fields: readonly Field[]): string {
  const [name, ...rest] = parts
  const field = fields.find((entry) => entry.name === name)
  if (name === undefined || field === undefined) return ''
  const inside = within(field, rest)
  return inside === '' ? name : `${name}.${inside}`
}

function within(field: Field, parts: readonly string[]): string {
  const [first, ...rest] = parts
  if (first === undefined) return ''
  switch (field.type) {
    case 'group':
      return nearest(parts, field.fields)
    case 'list': {
      if (!/^\d+$/.test(first)) return ''
      const inside = within(field.item, rest)
      return inside === '' ? first : `${first}.${inside}`
    }
    case 'variants': {
      // The member's name may stand in front of what is wrong in it.
      for (const candidate of [parts, rest]) {
        for (const variant of field.variants) {
          const inside = within(variant.field, candidate)
          if (inside !== '') return inside
        }
      }
      return ''
    }
    default:
      return ''
  }
}
