import { useQuery } from '@pinia/colada'
import { computed, type Ref } from 'vue'

import { useSession } from '@/shared/api'
import { listJobs } from '@/shared/jobs/api'
import { waitingStates } from '@/shared/jobs/states'

import { jobsQuery, queryOf, type Filters } from './filters'
import { listQueues, type Queue } from './machines'

export interface HeldQueue {
  queue: Queue
  /** Jobs that the filters let through and that wait for it. */
  count: number
  hasMore: boolean
}

/** Paused queues that hold jobs up, with how many. */
export function useHeldQueues(filters: Ref<Filters>) {
  const session = useSession()
  const queues = useQuery({
    key: ['jobs', 'queues'],
    query: ({ signal }) => listQueues(signal),
    staleTime: 5_000,
  })
  const paused = computed(() =>
    (queues.data.value ?? []).filter(
      ({ name, paused_at }) => paused_at !== null && ['', name].includes(filters.value.queue),
    ),
  )
  const isAsked = computed(() => filters.value.show === 'all' && paused.value.length > 0)
  const held = useQuery({
    key: () => [
      'jobs',
      'held',
      queryOf(filters.value) as Record<string, string>,
      paused.value.map((queue) => queue.name),
    ],
    query: ({ signal }) => {
      const wanted = jobsQuery(filters.value, waitingStates, session.user?.id, Date.now())
      return Promise.all(
        paused.value.map(async (queue): Promise<HeldQueue> => {
          const page = await listJobs({ ...wanted, queue: queue.name }, null, signal)
          return { queue, count: page.items.length, hasMore: page.next !== null }
        }),
      )
    },
    staleTime: 5_000,
    enabled: isAsked,
  })
  return computed(() => (isAsked.value ? (held.data.value ?? []).filter(({ count }) => count > 0) : []))
}
