import { describe, expect, it } from 'vitest'

import type { Command, CommandGroup } from '@/shared/keys'

import { filterCommands, matchScore } from './palette'
import { sheetOf } from './sheet'

const command = (group: CommandGroup, title: string, hint?: string): Command => ({
  id: title,
  group,
  title,
  hint,
  run: () => undefined,
})

describe('matching', () => {
  it('needs every word and prefers beginnings', () => {
    expect(matchScore('New board', 'board new')).toBeGreaterThan(0)
    expect(matchScore('New board', 'card')).toBe(0)
    expect(matchScore('Board', 'bo')).toBeGreaterThan(matchScore('New board', 'bo'))
    expect(matchScore('New board', 'bo')).toBeGreaterThan(matchScore('Cupboard', 'bo'))
  })

  it('finds Chinese words inside a text', () => {
    expect(matchScore('整理十一月客户反馈', '客户')).toBeGreaterThan(0)
  })
})

describe('the palette', () => {
  const all = [
    command('actions', 'New board'),
    command('goto', 'Settings'),
    ...Array.from({ length: 9 }, (_, index) => command('boards', `Board ${index}`)),
    command('cards', 'Archive the recordings', 'PL-176'),
  ]

  it('is a short menu before anything is typed', () => {
    const sections = filterCommands(all, ' ')
    expect(sections.map(({ group }) => group)).toEqual(['actions', 'goto', 'boards', 'cards'])
    expect(sections[2]?.commands).toHaveLength(5)
  })

  it('finds a card by its number and leaves empty sections out', () => {
    const sections = filterCommands(all, 'pl-176')
    expect(sections.map(({ group }) => group)).toEqual(['cards'])
  })

  it('puts the best match first', () => {
    const found = filterCommands([command('goto', 'New board'), command('goto', 'Boards')], 'board')
    expect(found[0]?.commands.map(({ title }) => title)).toEqual(['Boards', 'New board'])
  })
})

describe('the sheet of shortcuts', () => {
  it('joins the keys that do the same', () => {
    const shortcut = (keys: string, label: string) => ({
      keys,
      label: () => label,
      group: () => 'Board',
      run: () => undefined,
    })
    expect(sheetOf([shortcut('j', 'Down'), shortcut('arrowdown', 'Down'), shortcut('c', 'New')])).toEqual([
      {
        name: 'Board',
        entries: [
          { label: 'Down', keys: ['j', 'arrowdown'] },
          { label: 'New', keys: ['c'] },
        ],
      },
    ])
  })
})
