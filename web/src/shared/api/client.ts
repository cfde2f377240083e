import createClient from 'openapi-fetch'

import { currentLocale } from '@/shared/i18n'

import { problemFrom } from './problem'
import type { paths } from './schema'
import { authorizedFetch } from './transport'

/** The whole API with the types of the server's own document. */
export const client = createClient<paths>({
  baseUrl: location.origin,
  fetch: authorizedFetch,
})
client.use({
  onRequest({ request }) {
    request.headers.set('accept-language', currentLocale())
  },
})

interface Outcome<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of an answer; throws ApiProblem for a refusal and NetworkError without an answer. */
export async function answerOf<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call
  if (!response.ok) {
    throw problemFrom(response.status, error, (name) => response.headers.get(name))
  }
  return data as T
}
