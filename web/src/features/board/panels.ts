/** The parts of a board that open over or beside it. */
export type BoardPanel = 'share' | 'activity' | 'removed' | 'labels' | 'settings'
