export type Greeting = 'morning' | 'afternoon' | 'evening'

/** Which greeting fits the hour of the person's own clock. */
export function greetingKey(now: Date): Greeting {
  const hour = now.getHours()
  if (hour >= 5 && hour < 12) return 'morning'
  return hour >= 12 && hour < 18 ? 'afternoon' : 'evening'
}
