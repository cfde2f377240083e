/** What this browser keeps of a person's work with jobs; another account on it has its own. */
export function kept(name: string, userId: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`taskly.jobs.${name}.${userId}`) ?? 'null')
  } catch {
    // Storage can be blocked, and what is in it can be anything.
    return null
  }
}

export function keep(name: string, userId: string, value: unknown): void {
  try {
    localStorage.setItem(`taskly.jobs.${name}.${userId}`, JSON.stringify(value))
  } catch {
    // Storage can be blocked; it then lasts as long as the page.
  }
}
