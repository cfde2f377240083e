import { useQuery } from '@pinia/colada'

import { listAttempts, type Job } from '@/shared/jobs/api'

/** The attempts at a job; a new state means that there is more to tell of them. */
export function useAttempts(job: () => Job | undefined) {
  const id = () => job()?.id ?? ''
  return useQuery({
    key: () => ['job', id(), 'attempts', job()?.attempt ?? 0, job()?.state ?? ''],
    query: ({ signal }) => listAttempts(id(), signal),
    enabled: () => job() !== undefined,
    staleTime: 5_000,
  })
}
