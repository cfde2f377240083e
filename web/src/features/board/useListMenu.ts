import {
  Archive,
  ArchiveX,
  ArrowLeft,
  ArrowRight,
  Gauge,
  Pencil,
  Trash2,
} from '@lucide/vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Category, List, Place } from '@/shared/api'
import { announce } from '@/shared/board/announcer'
import { useOpenBoard } from '@/shared/board/open-board'
import { confirm } from '@/shared/ui/confirm'
import type { MenuItem } from '@/shared/ui/menu'
import { toast } from '@/shared/ui/toast'

const categories: Category[] = ['todo', 'doing', 'done']

/** The menu of a list and what its entries do. */
export function useListMenu(list: () => List, ask: { rename: () => void; limit: () => void }) {
  const store = useOpenBoard()
  const { t } = useI18n()

  function undoable(text: string, run: () => void): void {
    toast(text, { action: { text: t('common.undo'), run } })
  }

  function move(place: Place): void {
    const { id, name } = list()
    store.run({ kind: 'list.move', id, place })
    announce(t('board.list.moved', { list: name, position: store.listIds.indexOf(id) + 1 }))
  }

  function archive(): void {
    const { id, name } = list()
    const set = (archived: boolean) =>
      store.run({ kind: 'list.patch', id, fields: { archived } })
    set(true)
    undoable(t('board.list.archived', { list: name }), () => set(false))
  }

  function remove(): void {
    const gone = list()
    store.run({ kind: 'list.delete', id: gone.id })
    undoable(t('board.list.deleted', { list: gone.name }), () => {
      store.run({ kind: 'list.restore', id: gone.id, list: gone })
    })
  }

  async function archiveCards(): Promise<void> {
    const { id: listId, name } = list()
    const faces = store.cardIds(listId).flatMap((id) => store.cards.get(id) ?? [])
    const count = faces.length
    const agreed = await confirm({
      title: t('board.list.archiveAllTitle', { count, list: name }, count),
      text: t('board.list.archiveAllText'),
      yes: t('board.list.archiveAllYes'),
    })
    if (!agreed) return
    for (const { id } of faces) {
      store.run({ kind: 'card.patch', id, fields: { archived: true } })
    }
    undoable(t('board.list.cardsArchived', { count }, count), () => {
      for (const face of faces) {
        const fields = { archived: false }
        store.run({ kind: 'card.patch', id: face.id, fields, face })
      }
    })
  }

  const items = computed<MenuItem[]>(() => {
    const { id, category, wip_limit } = list()
    const at = store.listIds.indexOf(id)
    const left = store.listIds[at - 1]
    const right = store.listIds[at + 1]
    return [
      { text: t('board.list.rename'), icon: Pencil, run: ask.rename },
      {
        text: wip_limit === null ? t('board.list.setLimit') : t('board.list.changeLimit', { limit: wip_limit }),
        icon: Gauge,
        run: ask.limit,
      },
      { kind: 'heading', text: t('board.list.category') },
      ...categories.map((value) => ({
        text: t(`common.category.${value}`),
        checked: value === category,
        run: () => store.run({ kind: 'list.patch', id, fields: { category: value } }),
      })),
      { kind: 'separator' },
      {
        text: t('board.list.moveLeft'),
        icon: ArrowLeft,
        disabled: left === undefined,
        run: () => left !== undefined && move({ before: left }),
      },
      {
        text: t('board.list.moveRight'),
        icon: ArrowRight,
        disabled: right === undefined,
        run: () => right !== undefined && move({ after: right }),
      },
      { kind: 'separator' },
      {
        text: t('board.list.archiveAll'),
        icon: ArchiveX,
        disabled: store.cardIds(id).length === 0,
        run: () => void archiveCards(),
      },
      { text: t('board.list.archive'), icon: Archive, run: archive },
      { text: t('board.list.delete'), icon: Trash2, danger: true, run: remove },
    ]
  })

  return { items }
}
