import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { api, newKey, send, useSession, type Activity, type Comment, type Page } from '@/shared/api'
import { apiMessage } from '@/shared/messages'
import { toast } from '@/shared/ui/toast'

import type { useCardDetail } from './useCardDetail'

export type StreamFilter = 'all' | 'comments' | 'activity'

export type StreamEntry =
  | { kind: 'comment'; key: string; at: string; comment: Comment }
  | { kind: 'activity'; key: string; at: string; activity: Activity }

const PAGE = 100
const MOST_PAGES = 20
const RELOAD_AFTER = 80

/** The comments and the history of an open card, oldest first. */
export function useCardStream(card: ReturnType<typeof useCardDetail>) {
  const { t } = useI18n()
  const account = useSession()
  const filter = ref<StreamFilter>('all')
  const comments = shallowRef<Comment[]>([])
  const activity = shallowRef<Activity[]>([])
  const older = ref(false)
  const failure = shallowRef<unknown>(null)
  let cursor: string | null = null
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function readComments(id: string): Promise<Comment[]> {
    const all: Comment[] = []
    let next: string | null = null
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = { limit: PAGE, cursor: next }
      const answer: Page<Comment> = await api.get(`/cards/${id}/comments`, { ...card.options(), query })
      all.push(...answer.items)
      next = answer.next
      if (next === null) break
    }
    return all
  }

  function readActivity(id: string, from: string | null): Promise<Page<Activity>> {
    return api.get(`/cards/${id}/activity`, { ...card.options(), query: { limit: 50, cursor: from } })
  }

  async function load(): Promise<void> {
    const id = card.id.value
    if (id === null) return
    turn += 1
    const mine = turn
    try {
      const [said, done] = await Promise.all([readComments(id), readActivity(id, null)])
      if (mine !== turn) return
      comments.value = said
      activity.value = done.items
      cursor = done.next
      older.value = done.next !== null
      failure.value = null
    } catch (error) {
      if (mine === turn) failure.value = error
    }
  }

  async function loadOlder(): Promise<void> {
    const id = card.id.value
    if (id === null || cursor === null) return
    try {
      const page = await readActivity(id, cursor)
      activity.value = [...activity.value, ...page.items]
      cursor = page.next
      older.value = page.next !== null
    } catch (error) {
      toast(apiMessage(error), { tone: 'error' })
    }
  }

  const entries = computed<StreamEntry[]>(() => {
    const said: StreamEntry[] = comments.value.map((comment) => ({
      kind: 'comment',
      key: comment.id,
      at: comment.created_at,
      comment,
    }))
    // A comment is shown itself, so its own line in the history says nothing new.
    const done: StreamEntry[] = activity.value
      .filter((one) => filter.value === 'activity' || one.event !== 'comment.added')
      .map((one) => ({ kind: 'activity', key: `a${one.seq}`, at: one.at, activity: one }))
    if (filter.value === 'comments') return said
    if (filter.value === 'activity') return done.reverse()
    return [...said, ...done].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  })

  /** Shows a comment at once; false when it could not be sent, with the reason told. */
  async function add(body: string): Promise<boolean> {
    const { id } = card
    const user = account.user
    if (id.value === null || !user) return false
    const now = new Date().toISOString()
    const author = {
      user_id: user.id,
      username: user.username,
      full_name: user.full_name,
      avatar_url: user.avatar_url,
    }
    const shown: Comment = {
      id: newKey(),
      card_id: id.value,
      author_id: user.id,
      author,
      body,
      version: 0,
      created_at: now,
      edited_at: null,
    }
    comments.value = [...comments.value, shown]
    try {
      const { data } = await send<Comment>('POST', `/cards/${id.value}/comments`, {
        body: { body },
        idempotencyKey: shown.id,
      })
      replace(shown.id, data)
      return true
    } catch (error) {
      replace(shown.id, null)
      toast(apiMessage(error), { tone: 'error' })
      return false
    }
  }

  function replace(id: string, next: Comment | null): void {
    const known = next !== null && next.id !== id && comments.value.some((one) => one.id === next.id)
    comments.value = comments.value.flatMap((one) => {
      if (one.id !== id) return [one]
      return next === null || known ? [] : [next]
    })
  }

  async function edit(comment: Comment, body: string): Promise<void> {
    replace(comment.id, { ...comment, body, edited_at: new Date().toISOString() })
    try {
      replace(comment.id, await api.patch<Comment>(`/comments/${comment.id}`, { body: { body } }))
    } catch (error) {
      replace(comment.id, comment)
      toast(apiMessage(error), { tone: 'error' })
    }
  }

  async function remove(comment: Comment): Promise<void> {
    const before = comments.value
    replace(comment.id, null)
    try {
      await api.delete(`/comments/${comment.id}`)
    } catch (error) {
      comments.value = before
      toast(apiMessage(error), { tone: 'error' })
      return
    }
    toast(t('card.comments.deleted'), {
      action: { text: t('common.undo'), run: () => void restore(comment) },
    })
  }

  async function restore(comment: Comment): Promise<void> {
    try {
      await api.post(`/comments/${comment.id}/restore`, { idempotencyKey: newKey() })
      await load()
    } catch (error) {
      toast(apiMessage(error), { tone: 'error' })
    }
  }

  function choose(next: StreamFilter): void {
    filter.value = next
  }

  watch(
    card.id,
    () => {
      comments.value = []
      activity.value = []
      void load()
    },
    { immediate: true },
  )
  watch(card.touched, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), RELOAD_AFTER)
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    turn += 1
  })

  return {
    filter,
    choose,
    comments,
    activity,
    entries,
    older,
    failure,
    load,
    loadOlder,
    add,
    edit,
    remove,
  }
}
