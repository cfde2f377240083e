import { History, Settings2, Tags, UserPlus } from '@lucide/vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

import { cardName } from '@/shared/board/card-name'
import { useCardLink } from '@/shared/board/card-link'
import { useOpenBoard } from '@/shared/board/open-board'
import { useCommands, type Command } from '@/shared/keys'

import type { BoardPanel } from './panels'

/** Puts the board's panels and cards into the command palette. */
export function useBoardCommands({ openPanel }: { openPanel: (panel: BoardPanel) => void }): void {
  const store = useOpenBoard()
  const link = useCardLink()
  const { t } = useI18n()

  const panels = computed<Command[]>(() => {
    if (store.status !== 'ready' || store.isShared) return []
    const entries: [BoardPanel, Command['icon'], string, boolean][] = [
      ['share', UserPlus, t('board.share.open'), true],
      ['activity', History, t('board.menu.activity'), true],
      ['labels', Tags, t('board.menu.labels'), store.canEdit],
      ['settings', Settings2, t('board.menu.settings'), store.canAdmin],
    ]
    return entries
      .filter(([, , , allowed]) => allowed)
      .map(([panel, icon, title]) => ({
        id: `board.${panel}`,
        group: 'actions',
        title,
        icon,
        run: () => openPanel(panel),
      }))
  })

  const cards = computed<Command[]>(() =>
    [...store.cards.values()]
      .filter((card) => card.number > 0)
      .map((card) => ({
        id: card.id,
        group: 'cards',
        title: card.title,
        hint: cardName(store.board?.key, card.number),
        run: () => void link.open(card.number),
      })),
  )

  useCommands(panels)
  useCommands(cards)
}
