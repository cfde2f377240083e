/// <reference types="vite/client" />
import 'vue'

declare module 'vue' {
  // Attributes and listeners that fall through to a component's root element. Everything else a
  // component does not declare is an error in strict templates.
  interface ComponentCustomProps {
    [data: `data-${string}`]: unknown
    [aria: `aria-${string}`]: unknown
    id?: string
    lang?: string
    role?: string
    title?: string
    tabindex?: number | string
    autocapitalize?: string
    spellcheck?: boolean | 'true' | 'false'
    form?: string
    placeholder?: string
    inputmode?: string
    onClick?: (event: MouseEvent) => unknown
    onInput?: (event: Event) => unknown
    onKeydown?: (event: KeyboardEvent) => unknown
    onFocus?: (event: FocusEvent) => unknown
    onBlur?: (event: FocusEvent) => unknown
    onPaste?: (event: ClipboardEvent) => unknown
    onPointerdown?: (event: PointerEvent) => unknown
  }
  interface HTMLAttributes {
    [data: `data-${string}`]: unknown
  }
}
