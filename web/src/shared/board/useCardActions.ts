import { useI18n } from 'vue-i18n'

import type { CardFace, Place } from '@/shared/api'
import { useSession } from '@/shared/api'
import { temporaryId, type CardFields } from '@/shared/sync/commands'
import { toast } from '@/shared/ui/toast'

import { announce } from './announcer'
import { useOpenBoard } from './open-board'

/** What can be done with a card from its tile, its menu or its dialog; removals offer Undo. */
export function useCardActions() {
  const store = useOpenBoard()
  const { t } = useI18n()

  function placeOf(card: CardFace): Place {
    const ids = store.cardIds(card.list_id)
    const before = ids[ids.indexOf(card.id) - 1]
    return before === undefined ? { at: 'top' } : { after: before }
  }

  /** Moves a card and reads out where it went. */
  function move(card: CardFace, listId: string, place: Place): void {
    store.run({ kind: 'card.move', ids: [card.id], list_id: listId, place })
    const ids = store.cardIds(listId)
    announce(
      t('board.card.moved', {
        title: card.title,
        list: store.lists.get(listId)?.name ?? '',
        position: ids.indexOf(card.id) + 1,
        count: ids.length,
      }),
    )
  }

  /** As `move`, with a toast that takes it back, for moves one does not see happen. */
  function moveWithUndo(card: CardFace, listId: string, place: Place): void {
    const back = { listId: card.list_id, place: placeOf(card) }
    move(card, listId, place)
    toast(t('board.card.movedTo', { list: store.lists.get(listId)?.name ?? '' }), {
      action: { text: t('common.undo'), run: () => move(card, back.listId, back.place) },
    })
  }

  /** Moves a card to a list of another board, where this one no longer shows it. */
  function moveToBoard(card: CardFace, boardName: string, listId: string, place: Place): void {
    const back = { listId: card.list_id, place: placeOf(card) }
    store.run({ kind: 'card.move', ids: [card.id], list_id: listId, place })
    toast(t('board.card.movedTo', { list: boardName }), {
      action: { text: t('common.undo'), run: () => move(card, back.listId, back.place) },
    })
  }

  function patch(card: CardFace, fields: CardFields, base_version?: number): void {
    store.run({ kind: 'card.patch', id: card.id, fields, base_version })
  }

  function archive(card: CardFace): void {
    patch(card, { archived: true })
    toast(t('board.card.archived', { title: card.title }), {
      action: {
        text: t('common.undo'),
        run: () =>
          store.run({
            kind: 'card.patch',
            id: card.id,
            fields: { archived: false },
            face: card,
          }),
      },
    })
  }

  function remove(card: CardFace): void {
    store.run({ kind: 'card.delete', id: card.id })
    toast(t('board.card.deleted', { title: card.title }), {
      action: {
        text: t('common.undo'),
        run: () => store.run({ kind: 'card.restore', id: card.id, face: card }),
      },
    })
  }

  function copy(card: CardFace): void {
    store.run({ kind: 'card.copy', id: temporaryId(), of: card.id })
    announce(t('board.card.copied', { title: card.title }))
  }

  function toggle(card: CardFace, field: 'label_ids' | 'assignee_ids', id: string): void {
    const has = card[field].includes(id)
    const [add, remove] = has ? [[], [id]] : [[id], []]
    store.run({ kind: 'card.toggle', id: card.id, field, add, remove })
  }

  function toggleMe(card: CardFace): void {
    const me = useSession().user?.id
    if (me !== undefined) toggle(card, 'assignee_ids', me)
  }

  return { move, moveWithUndo, moveToBoard, patch, archive, remove, copy, toggle, toggleMe }
}
