import { describe, expect, it } from 'vitest'

import { describeDevice } from './device'

describe('a device', () => {
  it('is told by the browser’s own name, not by those it descends from', () => {
    const edge =
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0'
    expect(describeDevice(edge)).toEqual({ browser: 'Edge', system: 'Windows', kind: 'computer' })
    const phone = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36'
    expect(describeDevice(phone)).toEqual({ browser: 'Chrome', system: 'Android', kind: 'phone' })
  })

  it('may be a script or nothing known', () => {
    expect(describeDevice('curl/8.5.0')).toMatchObject({ browser: 'curl/8.5.0', kind: 'other' })
    expect(describeDevice('')).toMatchObject({ browser: null, kind: 'other' })
    expect(describeDevice(null)).toMatchObject({ browser: null, system: null })
  })
})
