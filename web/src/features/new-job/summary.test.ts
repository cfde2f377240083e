import { describe, expect, it } from 'vitest'

import { fieldsOf } from '@/shared/schema-form/fields'
import { initialValues } from '@/shared/schema-form/values'

import { summaryLines } from './summary'

const fields = fieldsOf({
  properties: {
    url: { type: 'string' },
    end_time: { type: 'number', default: null },
    quality: { enum: ['best', '720p'], default: 'best' },
    audio: { type: 'boolean', default: false },
    tags: { type: 'array', items: { type: 'string' }, default: [] },
    key: { type: 'string', format: 'password' },
    board_id: { type: 'string', ui: { widget: 'board' } },
    limit: { type: 'integer', default: 3, ui: { unit: 'MB' } },
  },
})
const words = {
  label: (field: { name: string }) => field.name,
  choice: (_: unknown, value: string) => value.toUpperCase(),
  board: (id: string) => (id === '7' ? 'Harbour fair' : undefined),
  yes: 'yes',
  no: 'no',
  items: (count: number) => `${count} entries`,
}
const said = (changes: Record<string, unknown>) =>
  summaryLines(fields, { ...initialValues(fields), ...changes }, words).map(
    ({ label, text }) => `${label}: ${text}`,
  )

describe('the summary of a job', () => {
  it('calls a board by its name where the reader sees it', () => {
    expect(said({ board_id: '7' })).toContain('board_id: Harbour fair')
    expect(said({ board_id: '8' })).toContain('board_id: 8')
  })

  it('leaves out what is as it always is, save what was chosen for it', () => {
    expect(said({})).toEqual(['quality: BEST'])
  })

  it('says what was decided, and no secret', () => {
    const decided = { url: 'https://a.example', end_time: 90, audio: true, tags: ['en', 'zh'] }
    expect(said({ ...decided, key: 'hush', limit: 5 })).toEqual([
      'url: https://a.example',
      'end_time: 00:01:30',
      'quality: BEST',
      'audio: yes',
      'tags: en, zh',
      'key: ••••',
      'limit: 5 MB',
    ])
  })
})
