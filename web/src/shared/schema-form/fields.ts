/** What a form needs to know of a JSON Schema: a tree of fields, with references and nulls resolved. */

export interface JsonSchema {
  type?: string | string[]
  title?: string
  description?: string
  default?: unknown
  const?: unknown
  enum?: unknown[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  minItems?: number
  maxItems?: number
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  discriminator?: { propertyName: string }
  writeOnly?: boolean
  $ref?: string
  $defs?: Record<string, JsonSchema>
  /** Hints of the kind for this form. */
  ui?: UiHints
}

export interface UiHints {
  widget?: string
  unit?: string
  group?: string
  advanced?: boolean
  hidden?: boolean
  placeholder?: string
}

interface Common {
  name: string
  /** Names from the top joined by dots, without the numbers of list items: what texts are found by. */
  key: string
  /** The schema's own words, used where the app has no text. */
  title?: string
  description?: string
  required: boolean
  nullable: boolean
  default: unknown
  ui: UiHints
}

export interface Choice {
  value: string | number | boolean
  title?: string
}

export type Field = Common &
  (
    | { type: 'text'; format?: string; minLength?: number; maxLength?: number; pattern?: string }
    | { type: 'number'; integer: boolean; min?: number; max?: number; above?: number; below?: number }
    | { type: 'switch' }
    | { type: 'choice'; choices: Choice[] }
    | { type: 'choices'; choices: Choice[]; minItems?: number; maxItems?: number }
    | { type: 'tags'; item: 'text' | 'number'; minItems?: number; maxItems?: number }
    | { type: 'list'; item: Field; minItems?: number; maxItems?: number }
    | { type: 'group'; fields: Field[] }
    | { type: 'pairs' }
    | { type: 'variants'; variants: Variant[]; by?: string }
    | { type: 'fixed'; value: unknown }
    | { type: 'json' }
  )

export type FieldOf<T extends Field['type']> = Extract<Field, { type: T }>

/** One of several shapes that a value may have; `by` names the property that tells which. */
export interface Variant {
  id: string
  title?: string
  field: Field
}

/** Deeper nesting than any form that a person would fill in; such a part is written as JSON. */
const deepest = 6

/** The fields of an object schema, in the schema's order. */
export function fieldsOf(schema: JsonSchema): Field[] {
  return objectFields(schema, schema.$defs ?? {}, '', 0)
}

type Defs = Record<string, JsonSchema>

function objectFields(schema: JsonSchema, defs: Defs, prefix: string, depth: number): Field[] {
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {})
    .map(([name, property]) => fieldOf(name, property, defs, prefix, required.has(name), depth))
    .filter((field) => field.ui.hidden !== true)
}

function resolve(schema: JsonSchema, defs: Defs): JsonSchema {
  let found = schema
  for (let hop = 0; hop < deepest; hop += 1) {
    const only = found.allOf?.length === 1 ? found.allOf[0] : undefined
    const name = found.$ref?.replace(/^#\/\$defs\//, '')
    const target = only ?? (name === undefined ? undefined : defs[name])
    if (target === undefined) return found
    // Words and defaults beside the reference are about this use of it and go first.
    found = { ...target, ...found, $ref: target.$ref, allOf: target.allOf }
  }
  return found
}

/** What a schema says about its own use of another one. */
function ownWords({ title, description, ui, ...rest }: JsonSchema): JsonSchema {
  const words: JsonSchema = 'default' in rest ? { default: rest.default } : {}
  if (title !== undefined) words.title = title
  if (description !== undefined) words.description = description
  if (ui !== undefined) words.ui = ui
  return words
}

const isNull = (schema: JsonSchema): boolean => schema.type === 'null'

function fieldOf(
  name: string,
  given: JsonSchema,
  defs: Defs,
  prefix: string,
  required: boolean,
  depth: number,
): Field {
  let schema = resolve(given, defs)
  let nullable = false
  let shapes: JsonSchema[] | undefined
  // A union may stand alone beside null in another one, as an optional tagged union does.
  for (let level = 0; level < deepest; level += 1) {
    const options = (schema.anyOf ?? schema.oneOf)?.map((option) => resolve(option, defs))
    if (options === undefined) break
    nullable ||= options.some(isNull)
    shapes = options.filter((option) => !isNull(option))
    const only = shapes.length === 1 ? shapes[0] : undefined
    if (only === undefined) break
    schema = { ...schema, anyOf: undefined, oneOf: undefined, ...only, ...ownWords(schema) }
    shapes = undefined
  }
  let type = schema.type
  if (Array.isArray(type)) {
    nullable ||= type.includes('null')
    const others = type.filter((entry) => entry !== 'null')
    type = others.length === 1 ? others[0] : undefined
  }
  const key = prefix === '' ? name : `${prefix}.${name}`
  const common: Common = {
    name,
    key,
    title: schema.title,
    description: schema.description,
    required,
    nullable,
    default: schema.default,
    ui: schema.ui ?? {},
  }
  if (depth >= deepest) return { ...common, type: 'json' }
  if (shapes !== undefined && shapes.length > 1) {
    return variantsField(common, shapes, schema.discriminator?.propertyName, defs, depth)
  }
  if (schema.const !== undefined) return { ...common, type: 'fixed', value: schema.const }
  if (schema.enum !== undefined) return { ...common, type: 'choice', choices: choicesOf(schema) }
  switch (type) {
    case 'string':
      return {
        ...common,
        type: 'text',
        format: schema.writeOnly === true ? 'password' : schema.format,
        minLength: schema.minLength,
        maxLength: schema.maxLength,
        pattern: schema.pattern,
      }
    case 'integer':
    case 'number':
      return {
        ...common,
        type: 'number',
        integer: type === 'integer',
        min: schema.minimum,
        max: schema.maximum,
        above: schema.exclusiveMinimum,
        below: schema.exclusiveMaximum,
      }
    case 'boolean':
      return { ...common, type: 'switch' }
    case 'array':
      return listField(common, schema, defs, depth)
    case 'object':
      return objectField(common, schema, defs, depth)
    default:
      return { ...common, type: 'json' }
  }
}

function choicesOf(schema: JsonSchema): Choice[] {
  return (schema.enum ?? [])
    .filter((value) => ['string', 'number', 'boolean'].includes(typeof value))
    .map((value) => ({ value: value as Choice['value'] }))
}

function objectField(common: Common, schema: JsonSchema, defs: Defs, depth: number): Field {
  if (schema.properties !== undefined) {
    const fields = objectFields(schema, defs, common.key, depth + 1)
    return { ...common, type: 'group', fields }
  }
  const values = schema.additionalProperties
  const plain = typeof values === 'object' && resolve(values, defs).type === 'string'
  return plain ? { ...common, type: 'pairs' } : { ...common, type: 'json' }
}

function listField(common: Common, schema: JsonSchema, defs: Defs, depth: number): Field {
  if (schema.items === undefined) return { ...common, type: 'json' }
  const size = { minItems: schema.minItems, maxItems: schema.maxItems }
  const item = resolve(schema.items, defs)
  if (item.enum !== undefined) {
    return { ...common, type: 'choices', choices: choicesOf(item), ...size }
  }
  if (item.type === 'string' && common.ui.widget !== 'list') {
    return { ...common, type: 'tags', item: 'text', ...size }
  }
  if (item.type === 'integer' || item.type === 'number') {
    return { ...common, type: 'tags', item: 'number', ...size }
  }
  // The item has the list's own key, so that the texts of its fields are `list.field`.
  const field = fieldOf(common.name, schema.items, defs, parentOf(common.key), true, depth + 1)
  return { ...common, type: 'list', item: field, ...size }
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('.')))
}

function variantsField(
  common: Common,
  shapes: JsonSchema[],
  by: string | undefined,
  defs: Defs,
  depth: number,
): Field {
  const variants = shapes.map((shape, index): Variant => {
    const told = by === undefined ? undefined : resolve(shape.properties?.[by] ?? {}, defs)
    const value = told?.const ?? told?.enum?.[0]
    const id = typeof value === 'string' ? value : (typeName(shape) ?? String(index))
    const field = fieldOf(common.name, shape, defs, parentOf(common.key), true, depth + 1)
    return { id, title: shape.title, field: { ...field, ui: { ...shape.ui } } }
  })
  return { ...common, type: 'variants', variants, by }
}

function typeName(shape: JsonSchema): string | undefined {
  if (shape.type === 'object') return shape.title?.toLowerCase().replaceAll(/\W+/g, '_')
  return typeof shape.type === 'string' ? shape.type : undefined
}
