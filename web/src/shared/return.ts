import type { RouteLocationRaw } from 'vue-router'

/** Where the person wanted to go before being asked to sign in; only paths of this site. */
export function safeReturn(value: unknown): RouteLocationRaw {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : { name: 'home' }
}
