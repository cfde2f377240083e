import { shallowReactive } from 'vue'
import { useI18n } from 'vue-i18n'

import { apiMessage } from '@/shared/messages'
import { toast } from '@/shared/ui/toast'

import { completeTask, type Task } from './api'

/** Completing tasks and taking it back; a row shows at once what was asked for. */
export function useCompletion(refresh: () => Promise<unknown>) {
  const { t } = useI18n()
  const asked = shallowReactive(new Map<string, boolean>())

  const isDone = (task: Task) => asked.get(task.id) ?? task.completed_at !== null

  async function set(task: Task, done: boolean): Promise<void> {
    asked.set(task.id, done)
    try {
      await completeTask(task.id, done)
      toast(t(done ? 'tasks.completed' : 'tasks.reopened', { title: task.title }), {
        action: { text: t('common.undo'), run: () => void set(task, !done) },
      })
    } catch (error) {
      toast(apiMessage(error), { tone: 'error' })
    }
    await refresh()
    asked.delete(task.id)
  }

  return { isDone, set }
}
