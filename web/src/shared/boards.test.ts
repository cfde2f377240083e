import { describe, expect, it } from 'vitest'

import type { Board } from './api/types'
import { sortBoards } from './boards'

const board = (name: string, starred = false) => ({ name, starred }) as Board
const names = (boards: Board[]) => boards.map(({ name }) => name)

describe('boards', () => {
  it('stand with the starred ones first, then by name with numbers in their order', () => {
    const boards = [board('Sprint 10'), board('Sprint 9'), board('archive'), board('Zoo', true)]
    expect(names(sortBoards(boards, 'en'))).toEqual(['Zoo', 'archive', 'Sprint 9', 'Sprint 10'])
  })

  it('follow the alphabet of the language', () => {
    expect(names(sortBoards([board('市场'), board('产品')], 'zh-CN'))).toEqual(['产品', '市场'])
  })
})
