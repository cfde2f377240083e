/** What was typed or pasted, cut at commas and line ends; what is no number stays in the field. */
export function splitTags(
  text: string,
  item: 'text' | 'number',
): { tags: (string | number)[]; rest: string } {
  const parts = text
    .split(/[,，\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (item === 'text') return { tags: parts, rest: '' }
  const numbers = parts.map(Number)
  return {
    tags: numbers.filter(Number.isFinite),
    rest: parts.filter((_, index) => !Number.isFinite(numbers[index])).join(', '),
  }
}
