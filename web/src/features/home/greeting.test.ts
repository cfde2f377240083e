import { describe, expect, it } from 'vitest'

import { greetingKey } from './greeting'

describe('the greeting', () => {
  it('fits the hour', () => {
    const at = (hour: number) => greetingKey(new Date(2026, 10, 24, hour))
    expect([at(4), at(5), at(12), at(18)]).toEqual(['evening', 'morning', 'afternoon', 'evening'])
  })
})
