import { expect, it } from 'vitest'

import { wordDiff } from './word-diff'

const join = (parts: { text: string }[]) => parts.map((part) => part.text).join('')
const own = (parts: { text: string; own: boolean }[]) =>
  parts.filter((part) => part.own).map((part) => part.text.trim())

it('marks the words that only one version has', () => {
  const { mine, theirs } = wordDiff(
    'Archive all keynote recordings in 1080p',
    'Archive the keynote recordings and their subtitles',
  )
  expect(own(mine)).toEqual(['all', 'in 1080p'])
  expect(own(theirs)).toEqual(['the', 'and their subtitles'])
})

it('compares Chinese by characters', () => {
  expect(own(wordDiff('归档全部录像', '归档主题录像').mine)).toEqual(['全部'])
})

it('leaves both texts whole', () => {
  const [a, b] = ['one two  three', 'zero two three four']
  const parts = wordDiff(a, b)
  expect(join(parts.mine)).toBe(a)
  expect(join(parts.theirs)).toBe(b)
})
