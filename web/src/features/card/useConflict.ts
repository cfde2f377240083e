import { computed } from 'vue'

import type { Activity, CardFace } from '@/shared/api'
import { useOpenBoard } from '@/shared/board/open-board'
import { useCardActions } from '@/shared/board/useCardActions'

/** The open conflict of one text of a card, and the ways out of it. */
export function useConflict(
  field: 'title' | 'description',
  face: () => CardFace,
  activity: () => readonly Activity[],
) {
  const store = useOpenBoard()
  const actions = useCardActions()

  const conflict = computed(() => {
    const open = store.conflicts.get(face().id)
    const found = open?.fields.find((one) => one.field === field)
    if (!open || !found) return null
    const change = activity().find((entry) => field in entry.changes)
    return {
      field,
      mine: asText(found.yours),
      theirs: asText(found.theirs),
      version: found.version,
      at: change?.at ?? new Date(open.at).toISOString(),
      by: change?.actor ?? null,
    }
  })

  /** The conflict is settled for this field; others of the same edit stay open. */
  function settle(): void {
    const open = store.conflicts.get(face().id)
    const rest = (open?.fields ?? []).filter((one) => one.field !== field)
    if (open && rest.length > 0) store.conflicts.set(face().id, { ...open, fields: rest })
    else store.conflicts.delete(face().id)
  }

  function keepMine(): void {
    const open = conflict.value
    if (!open) return
    settle()
    actions.patch(face(), { [field]: open.mine }, open.version)
  }

  return { conflict, settle, keepMine }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
