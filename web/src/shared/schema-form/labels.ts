import { inject, provide, type InjectionKey } from 'vue'

import { useKindTexts } from '@/shared/kinds/texts'

import type { Choice, Field, Variant } from './fields'

export interface FieldLabels {
  label: (field: Field) => string
  help: (field: Field) => string | undefined
  choice: (field: Field, choice: Choice) => string
  variant: (field: Field, variant: Variant) => string
  group: (name: string) => string
}

const key: InjectionKey<FieldLabels> = Symbol('the words of a form')

/** The words for the fields of one kind, for all parts of the form below. */
export function provideLabels(kind: () => string): FieldLabels {
  const texts = useKindTexts()
  const labels: FieldLabels = {
    label: (field) => texts.label(kind(), field.key, field.title),
    help: (field) => texts.help(kind(), field.key, field.description),
    choice: (field, choice) => texts.option(kind(), field.key, String(choice.value), choice.title),
    variant: (field, variant) => texts.option(kind(), field.key, variant.id, variant.title),
    group: (name) => texts.group(kind(), name),
  }
  provide(key, labels)
  return labels
}

export function useLabels(): FieldLabels {
  const labels = inject(key)
  if (labels === undefined) throw new Error('A field stands outside of a form')
  return labels
}
