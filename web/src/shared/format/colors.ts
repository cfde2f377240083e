export const palette = [
  'violet',
  'blue',
  'teal',
  'green',
  'amber',
  'red',
  'pink',
  'gray',
] as const
export type PaletteColor = (typeof palette)[number]

export function isPaletteColor(color: string | null | undefined): color is PaletteColor {
  return palette.includes(color as PaletteColor)
}

/** Attributes that colour an element: a palette name by CSS, any other colour by its value. */
export function colorAttributes(color: string | null | undefined): {
  'data-color'?: string
  style?: Record<string, string>
} {
  if (isPaletteColor(color)) return { 'data-color': color }
  if (color == null || !/^#[0-9a-f]{6}$/i.test(color)) return { 'data-color': 'gray' }
  return { style: { '--tone': color } }
}
