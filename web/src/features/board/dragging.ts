import { shallowRef } from 'vue'

/** What is under the mouse now: its place stays mounted and fades. */
export const dragged = shallowRef<{ kind: 'card' | 'list'; id: string } | null>(null)
