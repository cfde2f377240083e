import { useSession, type User } from './api'
import { setTimeZone } from './format'
import { isLocale, setLocale, type AppLocale } from './i18n'
import { apiMessage } from './messages'
import { useTheme, type ThemeChoice } from './theme'
import { toast } from './ui/toast'

/** Language, theme and time zone: shown at once, kept by the server for those who signed in. */
export function usePreferences() {
  const session = useSession()
  const { choice, resolved, setTheme, toggleTheme } = useTheme()

  async function keep(changes: Parameters<typeof session.updateMe>[0]): Promise<void> {
    if (session.status !== 'signed-in') return
    try {
      await session.updateMe(changes)
    } catch (error) {
      toast(apiMessage(error), { tone: 'error' })
    }
  }

  async function changeLocale(locale: AppLocale): Promise<void> {
    await setLocale(locale)
    await keep({ locale })
  }

  async function changeTheme(theme: ThemeChoice): Promise<void> {
    setTheme(theme)
    await keep({ theme })
  }

  async function flipTheme(): Promise<void> {
    await keep({ theme: toggleTheme() })
  }

  /** Takes over what the account has chosen. */
  async function adopt(user: User): Promise<void> {
    setTheme(user.theme)
    setTimeZone(user.time_zone === '' ? undefined : user.time_zone)
    if (isLocale(user.locale)) await setLocale(user.locale)
  }

  return { choice, resolved, changeLocale, changeTheme, flipTheme, adopt }
}
