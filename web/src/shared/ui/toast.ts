import { shallowReactive } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'error'
  action?: { text: string; run: () => void }
  duration: number
}

export const toasts = shallowReactive<Toast[]>([])
let lastId = 0

interface ToastOptions {
  tone?: Toast['tone']
  /** One button, usually "Undo". */
  action?: Toast['action']
  duration?: number
}

/** Shows a short message at the bottom; it leaves by itself and is read out. */
export function toast(text: string, options: ToastOptions = {}): void {
  lastId += 1
  const long = options.action !== undefined || options.tone === 'error'
  toasts.push({
    id: lastId,
    text,
    tone: options.tone ?? 'plain',
    action: options.action,
    duration: options.duration ?? (long ? 8_000 : 4_000),
  })
  if (toasts.length > 3) toasts.shift()
}

export function dismissToast(id: number): void {
  const index = toasts.findIndex((entry) => entry.id === id)
  if (index >= 0) toasts.splice(index, 1)
}
