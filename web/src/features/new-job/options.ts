import type { NewJob } from '@/shared/kinds/api'

/** What a person may say about a run beside its parameters; null leaves it to the kind. */
export interface RunOptions {
  title: string
  priority: number
  timeout: unknown
  attempts: unknown
}

/** The words for the priorities that the form offers; the larger, the sooner. */
export const priorities = { low: -10, normal: 0, high: 10 } as const
export type PriorityName = keyof typeof priorities

export function ownBody(options: RunOptions): Partial<NewJob> {
  const body: Partial<NewJob> = {}
  const title = options.title.trim()
  if (title !== '') body.title = title
  if (options.priority !== 0) body.priority = options.priority
  // What is no number goes as it is: the server says what is wrong with it.
  if (options.timeout !== null) {
    body.timeout_s = (
      typeof options.timeout === 'number' ? Math.round(options.timeout * 60) : options.timeout
    ) as number
  }
  if (options.attempts !== null) body.max_attempts = options.attempts as number
  return body
}

/** The same call for a terminal; the token is the reader's own to fill in. */
export function curlCall(origin: string, body: unknown): string {
  const json = JSON.stringify(body, null, 2).replaceAll("'", "'\\''")
  return [
    `curl -X POST ${origin}/api/v1/jobs \\`,
    `  -H 'Authorization: Bearer <token>' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${json}'`,
  ].join('\n')
}
