import type { Component } from 'vue'

import type { AvatarPerson } from './UiAvatar.vue'

export interface PickerOption<T> {
  value: T
  text: string
  hint?: string
  icon?: Component
  /** A palette colour for the square in front. */
  color?: string
  disabled?: boolean
}

/** An option of a picker that takes several. */
export interface MultiOption {
  value: string
  text: string
  hint?: string
  /** A palette colour or `#rrggbb` for the dot in front. */
  color?: string
  person?: AvatarPerson
}
