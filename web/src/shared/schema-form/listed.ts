import type { PickerOption } from '@/shared/ui/picker'

import type { Field } from './fields'

const widgets = ['board', 'connection'] as const
/** What the server has a list of, so that people choose by name. */
export type Listed = (typeof widgets)[number]

export function listedOf(field: Field): Listed | undefined {
  return field.type === 'text' ? widgets.find((widget) => widget === field.ui.widget) : undefined
}

/**
 * What there is to choose from, with nothing in front where that is allowed. What an earlier
 * job named stays in the list although it is gone, so that the form does not change it unasked.
 */
export function listedOptions(
  found: readonly PickerOption<string>[],
  chosen: string,
  words: { none?: string; gone: string },
): PickerOption<string>[] {
  const none = words.none === undefined ? [] : [{ value: '', text: words.none }]
  const isGone = chosen !== '' && !found.some((option) => option.value === chosen)
  const gone = isGone ? [{ value: chosen, text: chosen, hint: words.gone }] : []
  return [...none, ...gone, ...found]
}
