import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { editMe, logIn, logOut, logOutEverywhere } from './account'
import { onSessionChange, refreshSession, setSession } from './transport'
import type { User } from './types'

// Whether this browser may hold a refresh cookie, which scripts cannot see. It saves a request
// that is bound to fail from everyone who only looks at the sign-in page.
const hintKey = 'taskly.session'

function mayHaveSession(): boolean {
  try {
    return localStorage.getItem(hintKey) !== null
  } catch {
    return true
  }
}

function rememberSession(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(hintKey, '1')
    else localStorage.removeItem(hintKey)
  } catch {
    // Without storage every visit asks the server.
  }
}

export type SessionStatus = 'unknown' | 'anonymous' | 'signed-in'

/** Who is signed in. The access token itself stays in the transport. */
export const useSession = defineStore('session', () => {
  const user = shallowRef<User | null>(null)
  const status = ref<SessionStatus>('unknown')
  const isSuperuser = computed(() => user.value?.is_superuser === true)

  onSessionChange((session) => {
    user.value = session?.user ?? null
    status.value = session === null ? 'anonymous' : 'signed-in'
    rememberSession(session !== null)
  })

  /** Asks the server once whether this browser still has a session. */
  async function start(): Promise<void> {
    if (status.value !== 'unknown') return
    if (mayHaveSession()) await refreshSession()
    else status.value = 'anonymous'
  }

  async function signIn(username: string, password: string, code?: string): Promise<void> {
    const second = code === undefined ? {} : { code }
    setSession(await logIn({ username, password, ...second }))
  }

  async function signOut(): Promise<void> {
    await logOut()
    setSession(null)
  }

  async function signOutEverywhere(): Promise<void> {
    await logOutEverywhere()
    setSession(null)
  }

  async function updateMe(changes: Parameters<typeof editMe>[0]): Promise<User> {
    const updated = await editMe(changes)
    user.value = updated
    return updated
  }

  return { user, status, isSuperuser, start, signIn, signOut, signOutEverywhere, updateMe }
})
