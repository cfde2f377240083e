import { beforeAll, expect, it } from 'vitest'

import { loadPageTexts, setLocale } from '@/shared/i18n'

import { waitDetail } from './waits'

beforeAll(async () => {
  await setLocale('en')
  await loadPageTexts()
})

it('says what is known of a reason', () => {
  expect(waitDetail({ code: 'queue_paused', detail: { queue: 'a', reason: 'disk full' } })).toBe('disk full')
  expect(waitDetail({ code: 'queue_paused', detail: { queue: 'a', reason: null } })).toBe('')
  expect(waitDetail({ code: 'key_full', detail: { key: 'site', limit: 2 } })).toBe('Key “site”, 2 at a time')
  expect(waitDetail({ code: 'slots', detail: { slots: 1 } })).toBe('1 slot')
  expect(waitDetail({ code: 'parents', detail: { numbers: [4] } })).toBe('')
})

it('counts the time to a later start', () => {
  const now = Date.parse('2026-05-04T12:00:00Z')
  const wait = { code: 'run_at' as const, detail: { run_at: '2026-05-04T14:00:00Z' } }
  expect(waitDetail(wait, now)).toContain('in 2 hr')
})
