import { useI18n } from 'vue-i18n'

import type { Board } from '@/shared/api'
import { deleteBoard, restoreBoard, setBoardArchived } from '@/shared/api/boards'
import { useBoardLists } from '@/shared/boards'
import { apiMessage } from '@/shared/messages'
import { toast } from '@/shared/ui/toast'

/** Archiving, deleting and their way back; each says what it did and offers to undo it. */
export function useBoardActions() {
  const { t } = useI18n()
  const lists = useBoardLists()

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      lists.refresh()
      toast(apiMessage(error), { tone: 'error' })
    }
  }

  function archive(board: Board): Promise<void> {
    return attempt(async () => {
      lists.apply([], [board.id])
      await setBoardArchived(board.id, true)
      lists.refresh()
      toast(t('home.archived', { name: board.name }), {
        action: { text: t('common.undo'), run: () => void unarchive(board) },
      })
    })
  }

  function unarchive(board: Board): Promise<void> {
    return attempt(async () => {
      await setBoardArchived(board.id, false)
      lists.refresh()
    })
  }

  function remove(board: Board): Promise<void> {
    return attempt(async () => {
      lists.apply([], [board.id])
      await deleteBoard(board.id)
      lists.refresh()
      toast(t('home.deleted', { name: board.name }), {
        action: { text: t('common.undo'), run: () => void restore(board) },
      })
    })
  }

  function restore(board: Board): Promise<void> {
    return attempt(async () => {
      await restoreBoard(board.id)
      lists.refresh()
    })
  }

  return { archive, unarchive, remove, restore }
}
