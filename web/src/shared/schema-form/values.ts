import type { Choice, Field, FieldOf, Variant } from './fields'

/** What a form holds: by name, whatever its field edits. */
export type Values = Record<string, unknown>

const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a field shows before anybody has touched it. */
export function initialValue(field: Field): unknown {
  switch (field.type) {
    case 'fixed':
      return field.value
    case 'group':
      // A group that may be left out stays out until somebody turns it on.
      if (field.default === null || (field.nullable && !isRecord(field.default))) return null
      return {
        ...initialValues(field.fields),
        ...(isRecord(field.default) ? field.default : {}),
      }
    case 'variants': {
      if (field.default !== undefined && field.default !== null) return field.default
      const first = field.variants[0]
      return field.required && first !== undefined ? variantStart(field, first) : null
    }
    case 'switch':
      return field.default ?? (field.nullable ? null : false)
    case 'tags':
    case 'choices':
    case 'list':
      return Array.isArray(field.default) ? field.default : []
    case 'pairs':
      return isRecord(field.default) ? field.default : {}
    case 'choice':
      return field.default ?? (field.nullable || !field.required ? null : firstOf(field.choices))
    case 'number':
    case 'text':
    case 'json':
      return field.default ?? null
  }
}

function firstOf(choices: Choice[]): unknown {
  return choices[0]?.value ?? null
}

export function initialValues(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, initialValue(field)]))
}

/** The parameters of an earlier job or of a schedule over the defaults of today's form. */
export function valuesFrom(fields: readonly Field[], params: Values): Values {
  const known = new Set(fields.map((field) => field.name))
  const kept = Object.entries(params).filter(([name]) => known.has(name))
  return { ...initialValues(fields), ...Object.fromEntries(kept) }
}

export function variantStart(field: FieldOf<'variants'>, variant: Variant): unknown {
  const value = initialValue({ ...variant.field, nullable: false, required: true })
  const told = field.by !== undefined && isRecord(value) ? { [field.by]: variant.id } : {}
  return isRecord(value) ? { ...value, ...told } : value
}

/** Which of the shapes a value has; the first one that fits it. */
export function variantOf(field: FieldOf<'variants'>, value: unknown): Variant | undefined {
  if (value === null || value === undefined) return undefined
  const { by } = field
  if (by !== undefined) {
    return field.variants.find((variant) => isRecord(value) && value[by] === variant.id)
  }
  return field.variants.find((variant) => fits(variant.field, value)) ?? field.variants[0]
}

function fits(field: Field, value: unknown): boolean {
  switch (field.type) {
    case 'group':
      return isRecord(value) && field.fields.every((f) => !f.required || f.name in value)
    case 'pairs':
      return isRecord(value)
    case 'tags':
    case 'choices':
    case 'list':
      return Array.isArray(value)
    case 'number':
      return typeof value === 'number'
    case 'switch':
      return typeof value === 'boolean'
    case 'choice':
      return field.choices.some((choice) => choice.value === value)
    case 'text':
      return typeof value === 'string'
    default:
      return true
  }
}

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === ''

/**
 * What goes to the server: what is empty, or still the default, is left out, so that a default
 * which changes later changes for saved schedules too.
 */
export function paramsOf(fields: readonly Field[], values: Values): Values {
  const params: Values = {}
  for (const field of fields) {
    const value = cleaned(field, values[field.name])
    if (field.type === 'fixed') {
      params[field.name] = field.value
      continue
    }
    const isDefault = same(value, field.default ?? (field.nullable ? null : undefined))
    if (value === undefined || (!field.required && isDefault)) continue
    if (!field.required && Array.isArray(value) && value.length === 0 && field.default === undefined) {
      continue
    }
    params[field.name] = value
  }
  return params
}

/** One value as it is sent; undefined means left out. */
function cleaned(field: Field, value: unknown): unknown {
  if (isEmpty(value)) return field.nullable ? null : undefined
  switch (field.type) {
    case 'group':
      return isRecord(value) ? paramsOf(field.fields, value) : undefined
    case 'list':
      return Array.isArray(value) ? value.map((item) => cleaned(field.item, item)) : undefined
    case 'variants': {
      const variant = variantOf(field, value)
      return variant === undefined ? value : cleaned({ ...variant.field, required: true }, value)
    }
    case 'text':
      return typeof value === 'string' ? value.trim() : value
    default:
      return value
  }
}

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const left = Object.entries(a)
  const right = b as Values
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => same(value, right[key]))
  )
}
