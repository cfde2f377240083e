import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'

import { apiMessage } from '@/shared/messages'
import type { Refusal } from '@/shared/sync/command-queue'
import { toast } from '@/shared/ui/toast'

import { useCardLink } from './card-link'
import { useOpenBoard } from './open-board'

/** Tells the person when the server refused a change and it was taken back. */
export function useRefusals(): void {
  const store = useOpenBoard()
  const link = useCardLink()
  const { t } = useI18n()

  function tell({ command, error, status, conflicts, fallen }: Refusal): void {
    if (command.kind === 'card.patch' && conflicts.length > 0) {
      const card = store.cards.get(command.id)
      // The open card shows both versions itself.
      if (!card || link.current.value === card.number) return
      toast(t('board.refused.conflict', { title: card.title }), {
        tone: 'error',
        action: { text: t('board.refused.choose'), run: () => void link.open(card.number) },
      })
      return
    }
    const reason = status === 404 ? t('board.refused.gone') : apiMessage(error)
    const more = fallen.length > 0 ? ` ${t('board.refused.more', { count: fallen.length }, fallen.length)}` : ''
    toast(reason + more, { tone: 'error' })
  }

  onScopeDispose(store.onRefused(tell))
}
