import { computed, ref, watchEffect } from 'vue'

export type ThemeChoice = 'system' | 'light' | 'dark'

const storageKey = 'taskly.theme'
const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(storageKey)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

const choice = ref<ThemeChoice>(stored())
const systemDark = ref(systemIsDark.matches)
systemIsDark.addEventListener('change', (event) => {
  systemDark.value = event.matches
})

const resolved = computed<'light' | 'dark'>(() => {
  if (choice.value !== 'system') return choice.value
  return systemDark.value ? 'dark' : 'light'
})

/** Keeps `data-theme` on the document in step with the choice; called once at start. */
export function startTheme(): void {
  watchEffect(() => {
    document.documentElement.dataset.theme = resolved.value
  })
}

/** The theme that was chosen and the one that is shown, with a setter that remembers it. */
export function useTheme() {
  function setTheme(next: ThemeChoice): void {
    choice.value = next
    try {
      localStorage.setItem(storageKey, next)
    } catch {
      // Storage can be blocked; the choice then lasts as long as the page.
    }
  }
  function toggleTheme(): ThemeChoice {
    const next = resolved.value === 'dark' ? 'light' : 'dark'
    setTheme(next)
    return next
  }
  return { choice, resolved, setTheme, toggleTheme }
}
