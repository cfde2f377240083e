import { expect, it } from 'vitest'
import { shallowRef } from 'vue'

import type { Job } from '@/shared/jobs/api'

import { useSelection } from './useSelection'

const jobs = (...ids: string[]) => shallowRef(ids.map((id) => ({ id }) as Job))
const ids = (chosen: Job[]) => chosen.map((job) => job.id)

it('takes everything between two clicks, in either direction', () => {
  const { chosen, toggle } = useSelection(jobs('a', 'b', 'c', 'd'))
  toggle('d')
  toggle('b', true)
  expect(ids(chosen.value)).toEqual(['b', 'c', 'd'])
  toggle('c')
  expect(ids(chosen.value)).toEqual(['b', 'd'])
})

it('forgets a job that has left the list', () => {
  const list = jobs('a', 'b')
  const { chosen, toggle } = useSelection(list)
  toggle('a')
  toggle('b')
  list.value = list.value.slice(1)
  expect(ids(chosen.value)).toEqual(['b'])
})
