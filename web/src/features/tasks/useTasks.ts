import { useInfiniteQuery, useQuery, useQueryCache } from '@pinia/colada'
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import { ApiProblem, NetworkError } from '@/shared/api'

import { countTasks, listTasks, type DueGroup, type Task } from './api'

export const groupNames: DueGroup[] = ['overdue', 'today', 'upcoming', 'undated', 'done']
const beatMs = 10_000

/**
 * The tasks that a query finds, by when they are due. While a query cannot be read, the last good
 * answer stays.
 */
export function useTasks(query: Ref<string>) {
  const cache = useQueryCache()
  const reading = useInfiniteQuery({
    key: () => ['tasks', 'list', query.value],
    query: ({ pageParam, signal }) => listTasks(query.value, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: beatMs / 2,
  })
  const problem = computed(() => {
    const error = reading.error.value
    return error instanceof ApiProblem ? error.field('q') : undefined
  })
  const counting = useQuery({
    key: () => ['tasks', 'counts', query.value],
    query: ({ signal }) => countTasks(query.value, signal),
    staleTime: beatMs / 2,
  })

  const tasks = shallowRef<Task[] | null>(null)
  const asOf = ref<number | null>(null)
  watch(
    reading.data,
    (data) => {
      if (data === undefined) return
      tasks.value = data.pages.flatMap((page) => page.items)
      asOf.value = Date.now()
    },
    { immediate: true },
  )

  function refresh(): Promise<unknown> {
    // A reading that a newer one overtakes is given up, which is no failure.
    return cache.invalidateQueries({ key: ['tasks'] }).catch(() => undefined)
  }
  const refreshIfSeen = () => {
    if (document.visibilityState === 'visible' && problem.value === undefined) void refresh()
  }
  const timer = setInterval(refreshIfSeen, beatMs)
  document.addEventListener('visibilitychange', refreshIfSeen)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', refreshIfSeen)
  })

  const groups = computed(() =>
    groupNames
      .map((name) => ({ name, tasks: (tasks.value ?? []).filter((task) => task.due_group === name) }))
      .filter((group) => group.tasks.length > 0),
  )
  return {
    tasks,
    groups,
    counts: counting.data,
    problem,
    error: computed(() => (problem.value === undefined ? reading.error.value : null)),
    isOffline: computed(() => reading.error.value instanceof NetworkError),
    isBusy: computed(() => reading.asyncStatus.value === 'loading'),
    hasMore: computed(() => problem.value === undefined && reading.hasNextPage.value),
    loadMore: () => void reading.loadNextPage(),
    asOf,
    refresh,
  }
}
