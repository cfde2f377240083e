import {
  Box,
  Brush,
  Database,
  DatabaseBackup,
  Download,
  FileChartColumn,
  FileCog,
  HeartPulse,
  Puzzle,
  Send,
  TableProperties,
} from '@lucide/vue'
import type { Component } from 'vue'

import type { PaletteColor } from '@/shared/format'

export type KindArea = 'media' | 'data' | 'system' | 'plugin'

interface Appearance {
  icon: Component
  color: PaletteColor
  area: KindArea
}

const known: Record<string, Appearance> = {
  download: { icon: Download, color: 'violet', area: 'media' },
  collect: { icon: TableProperties, color: 'teal', area: 'data' },
  database: { icon: Database, color: 'amber', area: 'data' },
  http: { icon: Send, color: 'pink', area: 'data' },
  report: { icon: FileChartColumn, color: 'blue', area: 'data' },
  container: { icon: Box, color: 'blue', area: 'system' },
  file: { icon: FileCog, color: 'green', area: 'system' },
  backup: { icon: DatabaseBackup, color: 'amber', area: 'system' },
  cleanup: { icon: Brush, color: 'gray', area: 'system' },
  monitor: { icon: HeartPulse, color: 'gray', area: 'system' },
}
const unknown: Appearance = { icon: Puzzle, color: 'gray', area: 'plugin' }

/** How a kind of job looks, and under which heading it stands; kinds of plugins look alike. */
export function appearanceOf(kind: string): Appearance {
  return known[kind] ?? unknown
}
