/** How people call a card: `PL-176`, or nothing until the server numbered it. */
export function cardName(key: string | undefined, number: number): string {
  return number > 0 && key ? `${key}-${number}` : ''
}
