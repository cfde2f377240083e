import { cloneVNode, Comment, defineComponent, Fragment, type SlotsType, type VNode } from 'vue'

/**
 * The element that opens a popup, given by the slot. It brings the behaviour and the ARIA of a
 * trigger without the popup's own code, which is loaded when a pointer or the focus comes near.
 * A board has hundreds of these; most are never opened.
 */
export const PopupTrigger = defineComponent({
  name: 'PopupTrigger',
  inheritAttrs: false,
  props: {
    open: { type: Boolean, required: true },
    popup: { type: String as () => 'menu' | 'dialog' | 'listbox', required: true },
  },
  emits: { toggle: () => true, near: () => true },
  slots: Object as SlotsType<{ default: { open: boolean } }>,
  setup(props, { slots, emit }) {
    const near = () => emit('near')
    const onKeydown = (event: KeyboardEvent) => {
      if (event.key !== 'ArrowDown' || props.open || props.popup === 'dialog') return
      event.preventDefault()
      emit('toggle')
    }
    return (): VNode | null => {
      const element = firstElement(slots.default({ open: props.open }))
      if (element === undefined) return null
      return cloneVNode(element, {
        'aria-haspopup': props.popup,
        'aria-expanded': props.open,
        'data-state': props.open ? 'open' : 'closed',
        onPointerenter: near,
        onFocus: near,
        onKeydown,
        onClick: () => emit('toggle'),
      })
    }
  },
})

/** A slot that is handed on arrives as a fragment around what was given. */
function firstElement(nodes: VNode[]): VNode | undefined {
  for (const node of nodes) {
    const inner = node.type === Fragment && Array.isArray(node.children) ? node.children : null
    const found = inner === null ? node : firstElement(inner as VNode[])
    if (found !== undefined && found.type !== Comment) return found
  }
  return undefined
}
