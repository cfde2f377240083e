import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element'
import { extractClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge'
import type { DropTargetRecord } from '@atlaskit/pragmatic-drag-and-drop/types'
import { onMounted, onScopeDispose, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Place } from '@/shared/api'
import { announce } from '@/shared/board/announcer'
import { useOpenBoard } from '@/shared/board/open-board'
import { useCardActions } from '@/shared/board/useCardActions'

/** Carries out what was dragged and dropped on the board; live events wait until then. */
export function useBoardDrag(canvas: Readonly<Ref<HTMLElement | null>>): void {
  const store = useOpenBoard()
  const actions = useCardActions()
  const { t } = useI18n()

  function besides(target: DropTargetRecord): Place {
    const id = String(target.data.id)
    const edge = extractClosestEdge(target.data)
    return edge === 'top' || edge === 'left' ? { before: id } : { after: id }
  }

  /** Whether the place is where the entity is already. */
  function stays(ids: readonly string[], id: string, place: Place): boolean {
    const at = ids.indexOf(id)
    if (at < 0) return false
    if ('at' in place) return place.at === 'bottom' && at === ids.length - 1
    return 'after' in place ? ids[at - 1] === place.after : ids[at + 1] === place.before
  }

  function dropCard(id: string, targets: readonly DropTargetRecord[]): void {
    const area = targets.find((target) => target.data.kind === 'area')
    const card = store.cards.get(id)
    if (!area || !card) return
    const listId = String(area.data.id)
    const neighbour = targets.find((target) => target.data.kind === 'card')
    const place: Place = neighbour ? besides(neighbour) : { at: 'bottom' }
    if (listId === card.list_id && stays(store.cardIds(listId), id, place)) return
    actions.move(card, listId, place)
  }

  function dropList(id: string, targets: readonly DropTargetRecord[]): void {
    const neighbour = targets.find((target) => target.data.kind === 'list')
    if (!neighbour) return
    const place = besides(neighbour)
    if (stays(store.listIds, id, place)) return
    store.run({ kind: 'list.move', id, place })
    announce(
      t('board.list.moved', {
        list: store.lists.get(id)?.name ?? '',
        position: store.listIds.indexOf(id) + 1,
      }),
    )
  }

  let stop: () => void = () => undefined
  onMounted(() => {
    if (!canvas.value) return
    stop = combine(
      autoScrollForElements({ element: canvas.value }),
      monitorForElements({
        onDragStart: () => store.hold(),
        onDrop: ({ source, location }) => {
          const { dropTargets } = location.current
          const id = String(source.data.id)
          if (source.data.kind === 'card') dropCard(id, dropTargets)
          else if (source.data.kind === 'list') dropList(id, dropTargets)
          store.release()
        },
      }),
    )
  })
  onScopeDispose(() => {
    stop()
    store.release()
  })
}
