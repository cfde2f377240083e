import { useI18n } from 'vue-i18n'

import { useShortcuts } from '@/shared/keys'

function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>('[data-task]') ?? null
}

function focusRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-task]')]
  const focused = focusedRow()
  const next = focused ? rows[rows.indexOf(focused) + step] : rows[0]
  next?.querySelector<HTMLElement>('a')?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** The keys of the page. Moving between rows is moving the focus, so Enter opens the card. */
export function useTaskKeys(handlers: { toggle: (id: string) => void; find: () => void }): void {
  const { t } = useI18n()
  const group = () => t('tasks.title')
  // A checkbox takes the space bar itself.
  const onLink = () => document.activeElement?.matches('[data-task] a') === true
  useShortcuts([
    { keys: 'j', label: () => t('tasks.keys.next'), group, run: () => focusRow(1) },
    { keys: 'k', label: () => t('tasks.keys.previous'), group, run: () => focusRow(-1) },
    {
      keys: 'space',
      label: () => t('tasks.keys.done'),
      group,
      when: onLink,
      run: () => {
        const id = focusedRow()?.dataset.task
        if (id !== undefined) handlers.toggle(id)
      },
    },
    { keys: '/', label: () => t('tasks.keys.find'), group, run: handlers.find },
  ])
}
