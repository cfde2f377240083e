import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'

import { deleteBoard, restoreBoard } from '@/shared/api/boards'
import { useOpenBoard } from '@/shared/board/open-board'
import { useBoardLists } from '@/shared/boards'
import { apiMessage } from '@/shared/messages'
import { confirm } from '@/shared/ui/confirm'
import { toast } from '@/shared/ui/toast'

/** Starring, archiving and deleting the open board. */
export function useBoardLifecycle() {
  const store = useOpenBoard()
  const lists = useBoardLists()
  const router = useRouter()
  const { t } = useI18n()

  function toggleStar(): void {
    const { board } = store
    if (!board) return
    store.setStarred(!board.starred)
    void lists.star(board)
  }

  function archive(): void {
    const { board } = store
    if (!board) return
    setArchived(board.id, true)
    toast(t('board.archivedToast', { board: board.name }), {
      action: { text: t('common.undo'), run: unarchive },
    })
  }

  function unarchive(): void {
    if (store.board) setArchived(store.board.id, false)
  }

  function setArchived(id: string, archived: boolean): void {
    // A refusal is told by the board itself; the lists are as they were.
    void store.execute({ kind: 'board.patch', id, fields: { archived } }).then(
      () => lists.refresh(),
      () => undefined,
    )
  }

  async function remove(): Promise<void> {
    const { board } = store
    if (!board) return
    const agreed = await confirm({
      title: t('board.deleteTitle', { board: board.name }),
      text: t('board.deleteText'),
      yes: t('board.deleteYes'),
      danger: true,
    })
    if (!agreed) return
    try {
      await deleteBoard(board.id)
    } catch (error) {
      toast(apiMessage(error), { tone: 'error' })
      return
    }
    await router.push({ name: 'home' })
    lists.refresh()
    toast(t('board.deletedToast', { board: board.name }), {
      action: { text: t('common.undo'), run: () => void restore(board.id) },
    })
  }

  async function restore(boardId: string): Promise<void> {
    try {
      await restoreBoard(boardId)
      lists.refresh()
      await router.push({ name: 'board', params: { boardId } })
    } catch (error) {
      toast(apiMessage(error), { tone: 'error' })
    }
  }

  return { toggleStar, archive, unarchive, remove }
}
