import { computed, ref, shallowRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { ApiProblem } from '@/shared/api'
import { formatNumber } from '@/shared/format'

import { fieldsOf, type JsonSchema } from './fields'
import { complaints, errorsFrom, type Complaint, type Errors } from './problems'
import { initialValues, paramsOf, same, valuesFrom, type Values } from './values'

/** The state of a form over one schema: what it holds, what is wrong, and what it sends. */
export function useSchemaForm(schema: Ref<JsonSchema>) {
  const { t } = useI18n()
  const fields = computed(() => fieldsOf(schema.value))
  const values = shallowRef<Values>({})
  const errors = ref<Errors>({})
  let begun: Values = {}

  /** Starts anew, from earlier parameters where there are any. */
  function begin(params?: Values): void {
    values.value =
      params === undefined ? initialValues(fields.value) : valuesFrom(fields.value, params)
    begun = values.value
    errors.value = {}
  }

  function say({ code, limit = 0 }: Complaint): string {
    return t(`form.error.${code}`, { limit: formatNumber(limit) })
  }

  /** Whether it may be sent; else what is wrong stands at the fields. */
  function check(): boolean {
    const found = complaints(fields.value, values.value)
    errors.value = Object.fromEntries(found.map((complaint) => [complaint.path, say(complaint)]))
    return found.length === 0
  }

  /** Puts what the server refused at the fields it names; gives what belongs to none of them. */
  function refuse(error: unknown): string | undefined {
    if (!(error instanceof ApiProblem)) return undefined
    const { '': rest, ...atFields } = errorsFrom(error.errors, fields.value, 'params')
    errors.value = atFields
    return rest
  }

  return {
    fields,
    values,
    errors,
    begin,
    check,
    refuse,
    params: (): Values => paramsOf(fields.value, values.value),
    isChanged: computed(() => !same(values.value, begun)),
  }
}
