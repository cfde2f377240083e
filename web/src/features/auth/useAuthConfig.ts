import { useQuery } from '@pinia/colada'

import { readAuthConfig } from '@/shared/api/account'

/** Whether this installation takes new people, and whether it has any yet. */
export function useAuthConfig() {
  return useQuery({ key: ['auth', 'config'], query: readAuthConfig, staleTime: 60_000 })
}
