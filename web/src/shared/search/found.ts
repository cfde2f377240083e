import type { RouteLocationRaw } from 'vue-router'

import { cardName } from '@/shared/board/card-name'

import type { Found } from './api'

/** Where a found thing is shown; a comment on its card. */
export function placeOf(found: Found): RouteLocationRaw {
  if (found.type === 'job') return { name: 'job', params: { jobId: found.id } }
  const boardId = found.board?.id ?? ''
  if (found.type === 'board') return { name: 'board', params: { boardId } }
  return { name: 'card', params: { boardId, number: String(found.number) } }
}

/** How people call a found thing: `PL-176` or `J-12`. */
export function nameOf(found: Found): string {
  if (found.type === 'board') return found.board?.key ?? ''
  if (found.type === 'job') return `J-${String(found.number)}`
  return cardName(found.board?.key, found.number ?? 0)
}
