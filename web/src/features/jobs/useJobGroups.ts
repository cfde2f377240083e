import { useInfiniteQuery, useQueryCache } from '@pinia/colada'
import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref } from 'vue'

import { NetworkError, useSession } from '@/shared/api'
import { listJobs, type Job } from '@/shared/jobs/api'

import { jobsQuery, queryOf, statesOf, type Filters, type GroupName } from './filters'

const names: GroupName[] = ['attention', 'running', 'waiting', 'ended']
const beatMs = 5_000

function useGroup(name: GroupName, filters: Ref<Filters>, seen: Ref<string>) {
  const session = useSession()
  const states = computed(() => statesOf(name, filters.value.show))
  const enabled = computed(() => states.value.length > 0)
  const since = computed(() => (name === 'attention' ? seen.value : undefined))
  const reading = useInfiniteQuery({
    key: () => ['jobs', name, queryOf(filters.value) as Record<string, string>, since.value ?? ''],
    query: ({ pageParam, signal }) => {
      const wanted = jobsQuery(filters.value, states.value, session.user?.id, Date.now())
      return listJobs({ ...wanted, finishedAfter: since.value }, pageParam, signal)
    },
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

/** A job stands once, in the first group that has it. */
function without<G extends { jobs: ComputedRef<Job[]> }>(group: G, earlier: G): G {
  const taken = computed(() => new Set(earlier.jobs.value.map((job) => job.id)))
  return { ...group, jobs: computed(() => group.jobs.value.filter((job) => !taken.value.has(job.id))) }
}

/**
 * The jobs that the filters let through, by how far they are: what failed since somebody last
 * looked, what runs, what waits, what is over.
 */
export function useJobGroups(filters: Ref<Filters>, seen: Ref<string>) {
  const cache = useQueryCache()
  const [attention, ...others] = names.map((name) => useGroup(name, filters, seen)) as [
    JobGroupReading,
    ...JobGroupReading[],
  ]
  const groups = [attention, ...others.map((group) => without(group, attention))]
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
