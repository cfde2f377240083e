import { expect, it } from 'vitest'

import { piecesOf, plainText } from './ansi'

const esc = '\u001B['
const seen = (text: string, wanted = '') =>
  piecesOf(text, wanted).map(({ text: part, color, found }) => `${found ? '!' : ''}${color ?? '-'}:${part}`)

it('keeps the colours of the terminal and loses its marks', () => {
  const text = `${esc}1;32m[get]${esc}0m ok ${esc}91mbad${esc}0m`
  expect(seen(text)).toEqual(['green:[get]', '-: ok ', 'red:bad'])
  expect(piecesOf(text, '')[0]?.bold).toBe(true)
  expect(plainText({ text })).toBe('[get] ok bad')
})

it('finds what is searched for across a change of colour, whatever its case', () => {
  expect(seen(`time${esc}31mout${esc}0m, Timeout`, 'TIMEOUT')).toEqual([
    '!-:time',
    '!red:out',
    '-:, ',
    '!-:Timeout',
  ])
})

it('takes markup for the text that it is', () => {
  expect(seen('<b>1 & 2</b>')).toEqual(['-:<b>1 & 2</b>'])
})
