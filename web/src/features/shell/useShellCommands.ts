import { CircleUserRound, Cpu, House, Import, Keyboard, Languages, LogOut, Moon, Plus, Settings, Sun, Users } from '@lucide/vue'
import { computed, type Component } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'

import { useSession } from '@/shared/api'
import { useBoards } from '@/shared/boards'
import { localeNames, locales } from '@/shared/i18n'
import { useCommands, useShortcuts, type Command } from '@/shared/keys'
import { usePreferences } from '@/shared/preferences'
import { shell } from '@/shared/shell'

import { useSignOut } from './useSignOut'

/** The frame's own lines in the palette, and its keys. */
export function useShellCommands(): void {
  const { t, locale } = useI18n()
  const router = useRouter()
  const session = useSession()
  const { boards } = useBoards()
  const { resolved, changeLocale, flipTheme } = usePreferences()
  const signOut = useSignOut()
  const go = (name: string) => () => void router.push({ name })

  const actions = computed<Command[]>(() => [
    {
      id: 'board.new',
      group: 'actions',
      title: t('shell.newBoard'),
      icon: Plus,
      keys: 'b',
      run: () => (shell.newBoard = true),
    },
    {
      id: 'theme',
      group: 'actions',
      title: resolved.value === 'dark' ? t('shell.lightTheme') : t('shell.darkTheme'),
      icon: resolved.value === 'dark' ? Sun : Moon,
      run: () => void flipTheme(),
    },
    ...locales
      .filter((value) => value !== locale.value)
      .map((value) => ({
        id: `language.${value}`,
        group: 'actions' as const,
        title: localeNames[value],
        hint: t('shell.language'),
        icon: Languages,
        run: () => void changeLocale(value),
      })),
    {
      id: 'shortcuts',
      group: 'actions',
      title: t('shell.shortcuts'),
      icon: Keyboard,
      keys: '?',
      run: () => (shell.shortcuts = true),
    },
    {
      id: 'signout',
      group: 'actions',
      title: t('shell.signOut'),
      icon: LogOut,
      run: () => void signOut(),
    },
  ])
  const pages = computed<Command[]>(() => {
    const place = (name: string, title: string, icon: Component, keys?: string): Command => ({
      id: name,
      group: 'goto',
      title: t(title),
      icon,
      keys,
      run: go(name),
    })
    const places = [
      place('home', 'home.title', House, 'g h'),
      place('tasks', 'shell.tasks', CircleUserRound, 'g m'),
      place('jobs', 'shell.jobs', Cpu, 'g j'),
      place('settings', 'settings.title', Settings, 'g s'),
      place('import-trello', 'shell.importTrello', Import),
    ]
    if (session.isSuperuser) {
      places.push(place('admin-users', 'admin.title', Users))
    }
    return places
  })
  const boardLines = computed<Command[]>(() =>
    boards.value.map((board) => ({
      id: `board.${board.id}`,
      group: 'boards',
      title: board.name,
      color: board.color,
      hint: board.key,
      run: () => void router.push({ name: 'board', params: { boardId: board.id } }),
    })),
  )
  useCommands(() => [...actions.value, ...pages.value, ...boardLines.value])

  const everywhere = () => t('shell.keys.everywhere')
  useShortcuts([
    {
      keys: 'mod+k',
      label: () => t('shell.palette'),
      group: everywhere,
      always: true,
      run: () => (shell.palette = !shell.palette),
    },
    {
      keys: '?',
      label: () => t('shell.shortcuts'),
      group: everywhere,
      run: () => (shell.shortcuts = true),
    },
    {
      keys: 'b',
      label: () => t('shell.newBoard'),
      group: everywhere,
      run: () => (shell.newBoard = true),
    },
    { keys: 'g h', label: () => t('shell.goHome'), group: everywhere, run: go('home') },
    { keys: 'g m', label: () => t('shell.goTasks'), group: everywhere, run: go('tasks') },
    { keys: 'g j', label: () => t('shell.goJobs'), group: everywhere, run: go('jobs') },
    { keys: 'g s', label: () => t('shell.goSettings'), group: everywhere, run: go('settings') },
  ])
}
