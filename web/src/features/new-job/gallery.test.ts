import { describe, expect, it } from 'vitest'

import type { Job, JobKind } from '@/shared/kinds/api'

import { addressIn, kindsByArea, lettersOf, usedBefore } from './gallery'

const kind = (name: string) => ({ name }) as JobKind
const job = (id: string, title: string) => ({ id, kind: 'http', title }) as Job

describe('the gallery of kinds', () => {
  it('has headings in a fixed order, and one for what plugins bring', () => {
    const groups = kindsByArea([kind('ocr'), kind('http'), kind('download')])
    expect(groups.map(({ area, kinds }) => [area, kinds.map(({ name }) => name)])).toEqual([
      ['media', ['download']],
      ['data', ['http']],
      ['plugin', ['ocr']],
    ])
  })

  it('gives each kind a letter that no other one has', () => {
    const letters = lettersOf(['download', 'database', 'cc'], ['c'])
    expect([...letters]).toEqual([
      ['download', 'd'],
      ['database', 'a'],
    ])
  })

  it('offers each job of before once, with how often it ran', () => {
    const used = usedBefore([job('3', 'A'), job('2', 'B'), job('1', 'A')], 4)
    expect(used.map(({ job: { id }, times }) => [id, times])).toEqual([
      ['3', 2],
      ['2', 1],
    ])
    expect(usedBefore([job('1', 'A'), job('2', 'B')], 1)).toHaveLength(1)
  })

  it('knows an address from other text', () => {
    expect(addressIn(' https://example.org/a?b=1 ')).toBe('https://example.org/a?b=1')
    for (const text of ['download', 'ftp://example.org', 'https://', 'https://a b']) {
      expect(addressIn(text)).toBeNull()
    }
  })
})
