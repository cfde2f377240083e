import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Role } from '@/shared/api'

const grantable: Role[] = ['admin', 'editor', 'viewer']

/** The roles that can be given to a member, with what each may do. */
export function useRoleOptions() {
  const { t } = useI18n()
  return computed(() =>
    grantable.map((role) => ({
      value: role,
      text: t(`common.role.${role}`),
      hint: t(`board.roleHint.${role}`),
    })),
  )
}
