import { describe, expect, it } from 'vitest'

import { curlCall, ownBody } from './options'

const untouched = { title: ' ', priority: 0, timeout: null, attempts: null }

describe('the options of a run', () => {
  it('are left to the kind where nothing was said', () => {
    expect(ownBody(untouched)).toEqual({})
  })

  it('are sent as the server counts them', () => {
    expect(ownBody({ title: ' Talk ', priority: 10, timeout: 1.5, attempts: 2 })).toEqual({
      title: 'Talk',
      priority: 10,
      timeout_s: 90,
      max_attempts: 2,
    })
    expect(ownBody({ ...untouched, timeout: 'soon' })).toEqual({ timeout_s: 'soon' })
  })
})

describe('the call for a terminal', () => {
  it('survives quotes in the parameters', () => {
    expect(curlCall('https://t.example', { q: "it's" })).toContain(`"q": "it'\\''s"`)
  })
})
