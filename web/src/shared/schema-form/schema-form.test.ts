import { describe, expect, it } from 'vitest'

import { fieldsOf, type Field, type JsonSchema } from './fields'
import { complaints, errorsFrom } from './problems'
import { initialValues, paramsOf, valuesFrom, variantOf, variantStart } from './values'

/** As pydantic writes it: references, unions with null, enums by reference, a tagged union. */
const schema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['url', 'source', 'tries'],
  properties: {
    url: { type: 'string', format: 'uri', minLength: 1, maxLength: 40, title: 'Url' },
    quality: { $ref: '#/$defs/Quality', default: 'best' },
    end_time: {
      anyOf: [{ type: 'number', minimum: 0, maximum: 10 }, { type: 'null' }],
      default: null,
      ui: { group: 'clip' },
    },
    audio_only: { type: 'boolean', default: false },
    subtitles: { type: 'array', items: { type: 'string' }, maxItems: 2, default: [] },
    formats: { type: 'array', items: { $ref: '#/$defs/Quality' } },
    headers: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
    limits: { $ref: '#/$defs/Limits' },
    retry: { anyOf: [{ $ref: '#/$defs/Limits' }, { type: 'null' }], default: null },
    steps: { type: 'array', items: { $ref: '#/$defs/Step' }, default: [] },
    source: {
      oneOf: [{ $ref: '#/$defs/Http' }, { $ref: '#/$defs/Inline' }],
      discriminator: { propertyName: 'type' },
    },
    login: {
      anyOf: [
        {
          oneOf: [{ $ref: '#/$defs/Http' }, { $ref: '#/$defs/Inline' }],
          discriminator: { propertyName: 'type' },
        },
        { type: 'null' },
      ],
      default: null,
    },
    tries: { type: 'integer', minimum: 1, exclusiveMaximum: 5 },
    secret: { type: 'string', format: 'password', writeOnly: true, default: '' },
    anything: { default: null },
    inner: { type: 'string', ui: { hidden: true } },
  },
  $defs: {
    Quality: { type: 'string', enum: ['best', '720p'], title: 'Quality' },
    Limits: {
      type: 'object',
      properties: { memory_mb: { type: 'integer', default: 512, minimum: 64 } },
    },
    Step: {
      type: 'object',
      required: ['path'],
      properties: { path: { type: 'string' }, field: { type: 'string', default: 'id' } },
    },
    Http: {
      type: 'object',
      required: ['type', 'address'],
      properties: { type: { const: 'http' }, address: { type: 'string' } },
    },
    Inline: {
      type: 'object',
      required: ['type', 'rows'],
      properties: {
        type: { const: 'inline' },
        rows: { type: 'array', items: { type: 'integer' }, minItems: 1 },
      },
    },
  },
}
const fields = fieldsOf(schema)

function field<T extends Field['type']>(name: string, type: T): Extract<Field, { type: T }> {
  const found = fields.find((entry) => entry.name === name)
  expect(found?.type, name).toBe(type)
  return found as Extract<Field, { type: T }>
}

describe('the fields of a schema', () => {
  it('are found through references, nulls and unions', () => {
    expect(fields.map((entry) => `${entry.name}:${entry.type}`)).toEqual([
      'url:text',
      'quality:choice',
      'end_time:number',
      'audio_only:switch',
      'subtitles:tags',
      'formats:choices',
      'headers:pairs',
      'limits:group',
      'retry:group',
      'steps:list',
      'source:variants',
      'login:variants',
      'tries:number',
      'secret:text',
      'anything:json',
    ])
    expect(field('end_time', 'number')).toMatchObject({ nullable: true, min: 0, max: 10 })
    expect(field('end_time', 'number').ui.group).toBe('clip')
    expect(field('login', 'variants')).toMatchObject({ nullable: true, by: 'type', default: null })
    expect(field('quality', 'choice').choices).toEqual([{ value: 'best' }, { value: '720p' }])
    expect(field('secret', 'text').format).toBe('password')
  })

  it('carry keys without the numbers of list items', () => {
    const { item } = field('steps', 'list')
    expect(item).toMatchObject({ type: 'group', key: 'steps' })
    expect(item.type === 'group' && item.fields.map((entry) => entry.key)).toEqual([
      'steps.path',
      'steps.field',
    ])
  })

  it('end at a depth that a person can fill in, also when a schema contains itself', () => {
    const endless: JsonSchema = {
      properties: { node: { $ref: '#/$defs/Node' } },
      $defs: { Node: { type: 'object', properties: { child: { $ref: '#/$defs/Node' } } } },
    }
    let at = fieldsOf(endless)[0]
    let depth = 0
    while (at?.type === 'group') {
      at = at.fields[0]
      depth += 1
    }
    expect(at?.type).toBe('json')
    expect(depth).toBeLessThan(10)
  })
})

describe('the values of a form', () => {
  it('begin with the defaults', () => {
    expect(initialValues(fields)).toMatchObject({
      url: null,
      quality: 'best',
      end_time: null,
      audio_only: false,
      subtitles: [],
      limits: { memory_mb: 512 },
      retry: null,
      source: { type: 'http', address: null },
    })
  })

  it('are sent without what is empty or still the default', () => {
    const values = {
      ...initialValues(fields),
      url: '  https://example.com ',
      end_time: 0,
      tries: 2,
      source: { type: 'http', address: 'a' },
      steps: [{ path: 'x', field: 'id' }],
    }
    expect(paramsOf(fields, values)).toEqual({
      url: 'https://example.com',
      end_time: 0,
      tries: 2,
      limits: {},
      source: { type: 'http', address: 'a' },
      steps: [{ path: 'x' }],
    })
  })

  it('take over the parameters of an earlier job, and forget what the form no longer knows', () => {
    const values = valuesFrom(fields, { url: 'https://a.example', gone: 1, quality: '720p' })
    expect(values).toMatchObject({ url: 'https://a.example', quality: '720p', audio_only: false })
    expect(values).not.toHaveProperty('gone')
  })

  it('know which shape of a union they have, and how another one begins', () => {
    const source = field('source', 'variants')
    expect(variantOf(source, { type: 'inline', rows: [] })?.id).toBe('inline')
    const inline = source.variants[1]
    expect(inline && variantStart(source, inline)).toEqual({ type: 'inline', rows: [] })
  })
})

describe('what is wrong', () => {
  const good = {
    ...initialValues(fields),
    url: 'https://example.com',
    tries: 2,
    source: { type: 'http', address: 'a' },
  }
  const wrong = (changes: Record<string, unknown>) =>
    complaints(fields, { ...good, ...changes }).map(({ path, code }) => `${path}:${code}`)

  it('is nothing in a complete form', () => {
    expect(wrong({})).toEqual([])
  })

  it('is found before the server is asked', () => {
    expect(wrong({ url: '' })).toEqual(['url:required'])
    expect(wrong({ url: 'no address' })).toEqual(['url:url'])
    expect(wrong({ url: `https://example.com/${'x'.repeat(40)}` })).toEqual(['url:long'])
    expect(wrong({ tries: 1.5 })).toEqual(['tries:integer'])
    expect(wrong({ tries: 5 })).toEqual(['tries:below'])
    expect(wrong({ tries: null })).toEqual(['tries:required'])
    expect(wrong({ end_time: 11 })).toEqual(['end_time:max'])
    expect(wrong({ subtitles: ['a', 'b', 'c'] })).toEqual(['subtitles:many'])
    expect(wrong({ steps: [{ path: 'x' }, { path: '' }] })).toEqual(['steps.1.path:required'])
    expect(wrong({ retry: { memory_mb: 1 } })).toEqual(['retry.memory_mb:min'])
    expect(wrong({ source: { type: 'inline', rows: [] } })).toEqual(['source.rows:few'])
  })

  it('is shown at the field that the server names', () => {
    const errors = errorsFrom(
      [
        { field: 'params.url', message: 'bad' },
        { field: 'params.steps.0.path', message: 'deep' },
        { field: 'params.source.http.address', message: 'tagged' },
        { field: 'params.retry.Limits.memory_mb', message: 'union' },
        { field: 'params.gone', message: 'unknown' },
        { field: 'queue', message: 'no such queue' },
      ],
      fields,
      'params',
    )
    expect(errors).toEqual({
      url: 'bad',
      'steps.0.path': 'deep',
      'source.address': 'tagged',
      retry: 'union',
      '': 'gone: unknown',
    })
  })
})
