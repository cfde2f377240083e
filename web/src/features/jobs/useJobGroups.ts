import { useInfiniteQuery, useQueryCache } from '@pinia/colada'
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'

import { NetworkError, useSession } from '@/shared/api'
import { listJobs } from '@/shared/jobs/api'

import { jobsQuery, queryOf, statesOf, type Filters, type GroupName } from './filters'

const names: GroupName[] = ['running', 'waiting', 'ended']
const beatMs = 5_000

function useGroup(name: GroupName, filters: Ref<Filters>) {
  const session = useSession()
  const states = computed(() => statesOf(name, filters.value.show))
  const enabled = computed(() => states.value.length > 0)
  const reading = useInfiniteQuery({
    key: () => ['jobs', name, queryOf(filters.value) as Record<string, string>],
    query: ({ pageParam, signal }) =>
      listJobs(jobsQuery(filters.value, states.value, session.user?.id, Date.now()), pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: beatMs,
    enabled,
  })
  return {
    name,
    enabled,
    jobs: computed(() =>
      enabled.value ? (reading.data.value?.pages.flatMap((page) => page.items) ?? []) : [],
    ),
    isPending: computed(() => enabled.value && reading.status.value === 'pending'),
    error: computed(() => (enabled.value ? reading.error.value : null)),
    hasMore: computed(() => enabled.value && reading.hasNextPage.value),
    isBusy: computed(() => reading.asyncStatus.value === 'loading'),
    loadMore: () => void reading.loadNextPage(),
  }
}
export type JobGroupReading = ReturnType<typeof useGroup>

/** The jobs that the filters let through, by how far they are: what runs, what waits, what is over. */
export function useJobGroups(filters: Ref<Filters>) {
  const cache = useQueryCache()
  const groups = names.map((name) => useGroup(name, filters))
  const jobs = computed(() => groups.flatMap((group) => group.jobs.value))
  const error = computed(() => groups.map((group) => group.error.value).find((one) => one != null))
  const asOf = ref<number | null>(null)
  watch(jobs, () => (asOf.value = Date.now()))

  // Each group has its own error; a reading that a newer one overtakes is none.
  const refetch = () => void cache.invalidateQueries({ key: ['jobs'] }).catch(() => undefined)
  // Jobs of others on one's boards send no news of their own.
  const beat = setInterval(() => {
    if (document.visibilityState === 'visible') refetch()
  }, beatMs)
  onScopeDispose(() => clearInterval(beat))

  return {
    groups,
    jobs,
    error,
    asOf,
    isOffline: computed(() => error.value instanceof NetworkError),
    isPending: computed(() => groups.some((group) => group.isPending.value)),
    refetch,
  }
}
