import { describe, expect, it } from 'vitest'

import { fieldsOf } from './fields'
import { listedOf, listedOptions } from './listed'

const shop = { value: 'shop', text: 'shop' }

describe('a field that is chosen from a list of the server', () => {
  it('is told by the hint of its kind', () => {
    const fields = fieldsOf({
      properties: {
        board_id: { type: 'string', format: 'uuid', ui: { widget: 'board' } },
        sql: { type: 'string', ui: { widget: 'sql' } },
        many: { type: 'array', items: { type: 'string' }, ui: { widget: 'board' } },
      },
    })
    expect(fields.map(listedOf)).toEqual(['board', undefined, undefined])
  })

  it('may be left open only where the kind allows it', () => {
    expect(listedOptions([shop], '', { gone: 'gone' })).toEqual([shop])
    expect(listedOptions([shop], '', { none: 'Not set', gone: 'gone' })[0]).toEqual({
      value: '',
      text: 'Not set',
    })
  })

  it('keeps what an earlier job named and nobody has any more', () => {
    expect(listedOptions([shop], 'old', { gone: 'Not there' })).toEqual([
      { value: 'old', text: 'old', hint: 'Not there' },
      shop,
    ])
  })
})
