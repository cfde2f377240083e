import { computed, reactive, ref } from 'vue'

import { editSchedule, type Misfire, type Overlap, type Schedule } from '@/shared/schedule/api'
import { firstWhen, whenBody, type When } from '@/shared/schedule/when'
import { same } from '@/shared/schema-form/values'

interface Draft {
  name: string
  misfire: Misfire
  overlap: Overlap
  /** Minutes, as they are typed. */
  grace: unknown
}

function whenOf(schedule: Schedule): When {
  const first = firstWhen(schedule.time_zone)
  return {
    trigger: schedule.trigger,
    cron: schedule.cron ?? first.cron,
    every_s: schedule.every_s ?? first.every_s,
    at: schedule.at,
    time_zone: schedule.time_zone,
  }
}

/** What a person changes about a schedule until it is saved; only what was changed is sent. */
export function useEditor(schedule: Schedule, params: () => Record<string, unknown>) {
  const begun: Draft = {
    name: schedule.name,
    misfire: schedule.misfire,
    overlap: schedule.overlap,
    grace: schedule.grace_s / 60,
  }
  const draft = reactive<Draft>({ ...begun })
  const when = ref(whenOf(schedule))
  const begunWhen = whenBody(when.value)
  const begunParams = params()

  const changes = computed(() => {
    const changed: Record<string, unknown> = {}
    if (draft.name.trim() !== begun.name) changed.name = draft.name.trim()
    if (draft.misfire !== begun.misfire) changed.misfire = draft.misfire
    if (draft.overlap !== begun.overlap) changed.overlap = draft.overlap
    if (draft.grace !== begun.grace) {
      changed.grace_s = typeof draft.grace === 'number' ? Math.round(draft.grace * 60) : draft.grace
    }
    const now = whenBody(when.value)
    if (!same(now, begunWhen)) Object.assign(changed, now)
    const values = params()
    if (!same(values, begunParams)) changed.params = values
    return changed
  })

  return {
    draft,
    when,
    isChanged: computed(() => Object.keys(changes.value).length > 0),
    save: () => editSchedule(schedule.id, { ...changes.value, base_version: schedule.version }),
  }
}
