import { shallowRef } from 'vue'

export interface Question {
  title: string
  text?: string
  /** What the button that agrees says: the verb, not "OK". */
  yes: string
  no?: string
  danger?: boolean
}

export const openQuestion = shallowRef<(Question & { answer: (agreed: boolean) => void }) | null>(
  null,
)

/** Asks in a dialog and gives whether the person agreed. */
export function confirm(question: Question): Promise<boolean> {
  openQuestion.value?.answer(false)
  return new Promise((resolve) => {
    openQuestion.value = {
      ...question,
      answer: (agreed) => {
        openQuestion.value = null
        resolve(agreed)
      },
    }
  })
}
