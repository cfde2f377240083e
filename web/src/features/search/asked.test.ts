import { describe, expect, it } from 'vitest'

import { askedIn, queryOf, type Asked } from './asked'

const board = '01936b3e-7a55-7cc0-9c0e-6b6f0a0f1a2b'

describe('the address of a search', () => {
  it('reads what it wrote', () => {
    const asked: Asked = { q: '对比 contrast', types: ['card', 'job'], boardId: board }
    expect(askedIn(queryOf(asked) as never)).toEqual(asked)
    expect(queryOf({ q: '', types: [], boardId: '' })).toEqual({})
  })

  it('leaves out what makes no sense', () => {
    const query = { q: ['a', 'b'], type: ['file', 'card'], board: 'x' }
    expect(askedIn(query)).toEqual({ q: 'a', types: ['card'], boardId: '' })
    expect(askedIn({ q: 'x'.repeat(300) }).q).toHaveLength(200)
    expect(askedIn({ q: null })).toEqual({ q: '', types: [], boardId: '' })
  })
})
