import type { Component } from 'vue'

export interface MenuAction {
  kind?: 'action'
  text: string
  icon?: Component
  /** A palette colour for the square in front, instead of an icon. */
  color?: string
  keys?: string
  danger?: boolean
  disabled?: boolean
  checked?: boolean
  run: () => void
}

export type MenuItem = MenuAction | { kind: 'separator' } | { kind: 'heading'; text: string }
