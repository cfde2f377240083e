import { useI18n } from 'vue-i18n'

import type { Trigger } from '@/shared/schedule/api'
import { formatDuration } from '@/shared/duration'
import { currentLocale } from '@/shared/i18n'

import { sayingOf, type CronSaying } from './cron'

/** A list as people write it: `Mon, Wed and Fri`. */
function listed(parts: readonly string[]): string {
  return new Intl.ListFormat(currentLocale(), { style: 'long', type: 'conjunction' }).format(parts)
}

const weekdayName = (day: number): string =>
  // 4 January 1970 was a Sunday.
  new Intl.DateTimeFormat(currentLocale(), { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(1970, 0, 4 + day),
  )
const monthName = (month: number): string =>
  new Intl.DateTimeFormat(currentLocale(), { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(1970, month - 1, 1),
  )

/** `Europe/Berlin` as `Berlin`. */
export function zoneName(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
}

/** The words for when a schedule runs. */
export function useWhenText() {
  const { t } = useI18n()

  function daysText(days: CronSaying['days']): string {
    switch (days.kind) {
      case 'week':
        return t('when.week', { days: listed(days.days.map(weekdayName)) })
      case 'month':
        return t('when.month', { days: listed(days.days.map(String)) })
      case 'every':
        return t('when.everyDay')
      default:
        return t(`when.${days.kind}`)
    }
  }

  function rhythmText(saying: CronSaying): string {
    const { rhythm, between } = saying
    const plain = saying.days.kind === 'every'
    switch (rhythm.kind) {
      case 'at':
        return t('when.at', { days: daysText(saying.days), times: listed(rhythm.times) })
      case 'hourly': {
        const text = t('when.hourly', { minute: String(rhythm.minute).padStart(2, '0') })
        return plain ? text : t('when.on', { rhythm: text, days: daysText(saying.days) })
      }
      default: {
        const duration = formatDuration(rhythm.every * (rhythm.kind === 'hours' ? 3_600 : 60))
        let text = t('when.each', { duration })
        if (between !== undefined) text = t('when.between', { rhythm: text, ...between })
        return plain ? text : t('when.on', { rhythm: text, days: daysText(saying.days) })
      }
    }
  }

  function cronText(cron: string): string {
    const saying = sayingOf(cron)
    if (saying === null) return t('when.rule', { cron: cron.trim() })
    const text = rhythmText(saying)
    if (saying.months.length === 0) return text
    return t('when.inMonths', { text, months: listed(saying.months.map(monthName)) })
  }

  function whenText(trigger: Trigger): string {
    if (trigger.trigger === 'cron') return cronText(trigger.cron ?? '')
    if (trigger.trigger === 'once') return t('when.once')
    return t('when.each', { duration: formatDuration(trigger.every_s ?? 0) })
  }

  return { whenText, zoneName }
}
