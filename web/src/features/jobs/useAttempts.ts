import { useQuery } from '@pinia/colada'

import { listAttempts, type Job } from '@/shared/jobs/api'

/** The attempts at a job; a new state means that there is more to tell of them. */
export function useAttempts(job: () => Job) {
  return useQuery({
    key: () => ['job', job().id, 'attempts', job().attempt, job().state],
    query: ({ signal }) => listAttempts(job().id, signal),
    staleTime: 5_000,
  })
}
