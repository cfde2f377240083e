import { describe, expect, it } from 'vitest'

import { i18n } from './i18n'

const { t } = i18n.global
i18n.global.setLocaleMessage('en', {
  test: {
    hello: 'Hello, {name}: {name}!',
    cards: 'Move {count} card | Move {count} cards',
    plain: 'Nothing to fill in',
  },
})

describe('a text', () => {
  it('takes values by name, each as often as it stands there', () => {
    expect(t('test.hello', { name: 'Ada' })).toBe('Hello, Ada: Ada!')
    expect(t('test.hello', { name: '<b>{x}</b>' })).toBe('Hello, <b>{x}</b>: <b>{x}</b>!')
  })

  it('has a form for one and one for more', () => {
    expect(t('test.cards', { count: 1 }, 1)).toBe('Move 1 card')
    expect(t('test.cards', { count: 7 }, 7)).toBe('Move 7 cards')
    expect(t('test.cards', { count: 0 }, 0)).toBe('Move 0 cards')
  })

  it('may be plain', () => {
    expect(t('test.plain')).toBe('Nothing to fill in')
  })
})
