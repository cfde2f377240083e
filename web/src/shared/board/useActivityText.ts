import { useI18n } from 'vue-i18n'

import { type Activity, type Category, type Priority } from '@/shared/api'
import { displayName, formatDay } from '@/shared/format'

import { useOpenBoard } from './open-board'

type Change = readonly [unknown, unknown]

/** Events whose sentence is about one name in their changes. */
const naming: Record<string, string> = {
  'attachment.added': 'attachment',
  'attachment.removed': 'attachment',
  'checklist.added': 'checklist',
  'checklist.deleted': 'checklist',
  'checklist.item_added': 'item',
  'checklist.item_deleted': 'item',
  'checklist.item_done': 'item',
  'checklist.item_edited': 'item',
  'checklist.item_undone': 'item',
  'checklist.renamed': 'checklist',
  'label.created': 'name',
  'label.deleted': 'label_name',
  'label.edited': 'label_name',
  'list.archived': 'list_name',
  'list.created': 'name',
  'list.deleted': 'list_name',
  'list.edited': 'list_name',
  'list.moved': 'list_name',
  'list.restored': 'list_name',
  'list.unarchived': 'list_name',
  'member.added': 'member',
  'member.removed': 'member',
  'member.role_changed': 'member',
  'board.handed_over': 'member',
}

/** What people read of a board's history: who did it is told apart. */
export function useActivityText() {
  const store = useOpenBoard()
  const i18n = useI18n()
  const { t } = i18n

  function text(value: unknown): string {
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }

  function names(ids: readonly unknown[], kind: 'label_ids' | 'assignee_ids'): string {
    return ids
      .map((id) => {
        if (kind === 'label_ids') return store.labels.get(text(id))?.name ?? t('board.activity.oldLabel')
        const member = store.members.get(text(id))
        return member ? displayName(member) : t('board.activity.oldMember')
      })
      .join(t('board.activity.comma'))
  }

  function setChange(field: 'label_ids' | 'assignee_ids', [before, after]: Change): string[] {
    const [old, next] = [before, after].map((one) => (Array.isArray(one) ? (one as unknown[]) : []))
    const added = (next ?? []).filter((id) => !(old ?? []).includes(id))
    const removed = (old ?? []).filter((id) => !(next ?? []).includes(id))
    return [
      ...(added.length ? [t(`board.activity.${field}.added`, { names: names(added, field) })] : []),
      ...(removed.length ? [t(`board.activity.${field}.removed`, { names: names(removed, field) })] : []),
    ]
  }

  /** One phrase for a changed field; fields that say nothing to people give none. */
  function fieldChange(field: string, change: Change): string[] {
    const [before, after] = change
    switch (field) {
      case 'title':
      case 'name':
        return [t('board.activity.renamed', { before: text(before), after: text(after) })]
      case 'description':
        return [t('board.activity.description')]
      case 'due_at':
      case 'start_at':
        return after === null
          ? [t(`board.activity.${field}.cleared`)]
          : [t(`board.activity.${field}.set`, { day: formatDay(text(after)) })]
      case 'priority':
        return [t('board.activity.priority', { priority: t(`common.priority.${after as Priority}`) })]
      case 'label_ids':
      case 'assignee_ids':
        return setChange(field, change)
      case 'category':
        return [t('board.activity.category', { category: t(`common.category.${after as Category}`) })]
      case 'wip_limit':
        return [
          after === null ? t('board.activity.limitGone') : t('board.activity.limit', { limit: text(after) }),
        ]
      case 'role':
        return [t('board.activity.role', { role: t(`common.role.${text(after)}`) })]
      case 'key':
        return [t('board.activity.key', { key: text(after) })]
      case 'color':
        return [t('board.activity.color')]
      case 'wip_policy':
        return [t(`board.activity.policy.${text(after)}`)]
      default:
        return []
    }
  }

  function fields(changes: Record<string, unknown>): string {
    return Object.entries(changes)
      .flatMap(([field, change]) => (Array.isArray(change) ? fieldChange(field, change as unknown as Change) : []))
      .join(t('board.activity.semicolon'))
  }

  /**
   * The sentence after the actor's name. `name` is how to call the card it is about, where that is
   * not the card being looked at.
   */
  function sentence(entry: Activity, name: string | undefined): string {
    const card = name ?? t('board.activity.thisCard')
    const { event, changes } = entry
    if (event === 'card.moved') {
      const lists = changes.list_name
      if (!lists) return t('board.activity.event.reordered', { card })
      return t('board.activity.event.moved', { card, from: text(lists[0]), to: text(lists[1]) })
    }
    if (event === 'cards.moved') {
      const count = Number(changes.count?.[1] ?? 0)
      return t('board.activity.event.several', { count, to: text(changes.list_name?.[1]) }, count)
    }
    if (event === 'card.edited') {
      const what = fields(changes)
      if (what === '') return t('board.activity.event.edited', { card })
      return name === undefined ? what : t('board.activity.of', { name, what })
    }
    if (event === 'board.edited' || event === 'list.edited' || event === 'member.role_changed') {
      const whose = text(changes[naming[event] ?? '']?.[1])
      const what = fields(changes)
      if (what) return whose ? t('board.activity.of', { name: whose, what }) : what
    }
    const key = `board.activity.event.${event.replace('.', '_')}`
    if (!i18n.te(key)) return t('board.activity.event.other')
    const [before, after] = changes[naming[event] ?? ''] ?? [null, null]
    return t(key, { card, name: text(after ?? before) })
  }

  return { sentence }
}
