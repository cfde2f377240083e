import { expect, it } from 'vitest'
import { nextTick, shallowRef } from 'vue'

import { useLogView } from './useLogView'

const line = (text: string, level = 'info') => ({ text, level, at: '', attempt: 1, offset: 0 })

it('goes round through what is found and keeps the places of the lines', async () => {
  const lines = shallowRef([line('one'), line('two timeouts', 'error'), line('three'), line('\u001B[31mtime\u001B[0mout', 'warning')])
  const { level, typed, shown, hits, row, step } = useLogView(lines)
  typed.value = ' Timeout '
  await nextTick()
  expect(hits.value).toEqual([1, 3])
  expect([row.value, step(1), step(1), step(-1)]).toEqual([1, 3, 1, 3])

  level.value = 'warning'
  await nextTick()
  expect(shown.value).toEqual([1, 3])
  expect(row.value).toBe(0)
  typed.value = 'nowhere'
  await nextTick()
  expect(step(1)).toBeUndefined()
})
