import { describe, expect, it } from 'vitest'

import type { Connection } from './api'
import { editBody, formOf, missingIn, newBody, placeText } from './form'

const shop: Connection = {
  id: '1',
  name: 'shop',
  engine: 'postgresql',
  host: 'db.example',
  port: 5433,
  database: 'orders',
  username: 'reader',
  has_password: true,
  created_by: '2',
  created_at: '2026-01-01T00:00:00Z',
}

describe('the form of a connection', () => {
  it('sends the port as a number, and what is none as it was typed', () => {
    const form = { ...formOf(null), name: ' shop ', host: 'db', database: 'x', username: 'u' }
    expect(newBody(form)).toEqual({
      name: 'shop',
      engine: 'postgresql',
      host: 'db',
      port: null,
      database: 'x',
      username: 'u',
      password: null,
    })
    expect(newBody({ ...form, port: ' 5432 ' }).port).toBe(5432)
    expect(newBody({ ...form, port: 'five' }).port).toBe('five')
  })

  it('leaves the stored password alone until it is told otherwise', () => {
    const form = formOf(shop)
    expect(editBody(form)).not.toHaveProperty('password')
    expect(editBody({ ...form, password: 'new' }).password).toBe('new')
    expect(editBody({ ...form, forget: true }).password).toBeNull()
  })

  it('sends nothing of a server for a file', () => {
    expect(editBody({ ...formOf(shop), engine: 'sqlite', database: '/srv/shop.db' })).toEqual({
      engine: 'sqlite',
      database: '/srv/shop.db',
      host: null,
      port: null,
      username: null,
      password: null,
    })
  })

  it('needs a server and an account only where there is one', () => {
    const empty = formOf(null)
    expect(missingIn(empty, true)).toEqual(['database', 'name', 'host', 'username'])
    expect(missingIn({ ...empty, engine: 'sqlite' }, false)).toEqual(['database'])
    expect(missingIn(formOf(shop), false)).toEqual([])
  })
})

describe('the place of a connection', () => {
  it('is told in one line', () => {
    expect(placeText(shop)).toBe('reader@db.example:5433/orders')
    expect(placeText({ ...shop, host: '::1', port: null })).toBe('reader@[::1]/orders')
    expect(placeText({ ...shop, host: null, database: '/srv/a.db' })).toBe('/srv/a.db')
  })
})
