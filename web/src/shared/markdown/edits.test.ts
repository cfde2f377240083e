import { expect, it } from 'vitest'

import { link, prefixLines, wrap } from './edits'

it('makes the selection bold and back again', () => {
  const bold = wrap({ text: 'a word here', start: 2, end: 6 }, '**')
  expect(bold).toEqual({ text: 'a **word** here', start: 4, end: 8 })
  expect(wrap(bold, '**')).toEqual({ text: 'a word here', start: 2, end: 6 })
})

it('makes a list of the selected lines and back again', () => {
  const list = prefixLines({ text: 'x\none\ntwo\ny', start: 3, end: 8 }, () => '- ')
  expect(list.text).toBe('x\n- one\n- two\ny')
  expect(prefixLines(list, () => '- ').text).toBe('x\none\ntwo\ny')
})

it('selects the address of a new link', () => {
  const made = link({ text: 'see plan', start: 4, end: 8 }, 'text')
  expect(made.text.slice(made.start, made.end)).toBe('https://')
  expect(made.text).toBe('see [plan](https://)')
})
