import { computed, ref, watch, type Ref, type TemplateRef } from 'vue'

/** What a popup and its trigger share: where it is anchored and where the focus goes back to. */
export function usePopup(
  open: Ref<boolean>,
  trigger: TemplateRef<{ $el: unknown }>,
  load: () => Promise<unknown>,
) {
  const wanted = ref(false)
  watch(open, (next) => (wanted.value ||= next), { immediate: true })

  const anchor = computed(() => {
    const element = trigger.value?.$el
    return element instanceof HTMLElement ? element : undefined
  })

  return {
    anchor,
    /** True from the first opening on. */
    wanted,
    near: () => void load(),
    toggle: () => (open.value = !open.value),
  }
}

interface OutsideEvent extends Event {
  detail: { originalEvent: Event }
}

/** The focus returns to the trigger, unless the person has put it elsewhere by a click. */
export function useReturnFocus(anchor: () => HTMLElement | undefined) {
  let wentElsewhere = false

  return {
    interactOutside: (event: OutsideEvent): void => {
      // The trigger closes the popup by itself; closing it here too would open it again.
      if (event.target instanceof Node && anchor()?.contains(event.target) === true) {
        event.preventDefault()
        return
      }
      wentElsewhere = event.detail.originalEvent.type !== 'focusin' || wentElsewhere
    },
    closeAutoFocus: (event: Event): void => {
      event.preventDefault()
      if (!wentElsewhere) anchor()?.focus()
      wentElsewhere = false
    },
  }
}
