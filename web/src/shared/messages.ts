import { ApiProblem, NetworkError } from './api/problem'
import { i18n } from './i18n'

/** What to tell a person about an error, in their language. */
export function apiMessage(error: unknown): string {
  const { t } = i18n.global
  if (error instanceof NetworkError) return t('common.error.network')
  if (error instanceof ApiProblem) {
    if (error.status === 429) {
      const seconds = error.retryAfter ?? 60
      return t('common.error.tooMany', { seconds }, seconds)
    }
    if (error.detail !== '') return error.detail
    return t('common.error.status', { status: error.status })
  }
  return t('common.error.unexpected')
}
