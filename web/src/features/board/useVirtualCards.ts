import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/vue-virtual'
import { computed, ref, watch, type ComponentPublicInstance, type ComputedRef, type Ref } from 'vue'

import { useOpenBoard } from '@/shared/board/open-board'

import { dragged } from './dragging'
import { estimateTile } from './tile-size'

/** The tiles of a list that are worth drawing now. */
export function useVirtualCards(
  ids: ComputedRef<readonly string[]>,
  scroller: Readonly<Ref<HTMLElement | null>>,
  near: Ref<boolean>,
) {
  const store = useOpenBoard()

  /** A card under the mouse keeps its element, which the browser's drag hangs on. */
  function withDragged(range: Range): number[] {
    const indexes = defaultRangeExtractor(range)
    const at = dragged.value ? ids.value.indexOf(dragged.value.id) : -1
    if (at < 0 || indexes.includes(at)) return indexes
    return [...indexes, at].sort((a, b) => a - b)
  }

  // Once a list was near its measurements stay, so that it comes back where it was left; its
  // tiles go when it is far, unless the mouse holds one of them.
  const seen = ref(false)
  watch(near, (isNear) => (seen.value ||= isNear), { immediate: true, flush: 'sync' })
  const drawn = computed(
    () => near.value || (dragged.value !== null && ids.value.includes(dragged.value.id)),
  )

  const virtualizer = useVirtualizer(
    computed(() => ({
      count: seen.value ? ids.value.length : 0,
      getScrollElement: () => scroller.value,
      estimateSize: (index: number) => estimateTile(store.cards.get(ids.value[index] ?? '')),
      getItemKey: (index: number) => ids.value[index] ?? index,
      rangeExtractor: withDragged,
      overscan: 4,
      gap: 8,
      paddingStart: 2,
      paddingEnd: 8,
    })),
  )
  const rows = computed(() => (drawn.value ? virtualizer.value.getVirtualItems() : []))
  const size = computed(() => virtualizer.value.getTotalSize())

  function measure(tile: Element | ComponentPublicInstance | null): void {
    const element = tile && '$el' in tile ? (tile.$el as unknown) : tile
    if (element instanceof HTMLElement) virtualizer.value.measureElement(element)
  }

  return { virtualizer, rows, size, measure }
}
