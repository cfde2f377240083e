import type { CardFace } from '@/shared/api'

const LINE = 19
const TEXT_WIDTH = 240

function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += character.charCodeAt(0) > 0x2e80 ? 13 : 6.9
  return width
}

/** About how high a card's tile will be, before it is drawn and measured. */
export function estimateTile(card: CardFace | undefined): number {
  if (!card) return 64
  const meta =
    card.due_at !== null ||
    card.checklist_total > 0 ||
    card.comment_count > 0 ||
    card.attachment_count > 0
  return (
    42 +
    Math.max(1, Math.ceil(widthOf(card.title) / TEXT_WIDTH)) * LINE +
    (card.label_ids.length > 0 ? 24 : 0) +
    (card.job ? 34 : 0) +
    (meta ? 28 : 0)
  )
}
