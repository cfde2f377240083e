export type Strength = 0 | 1 | 2 | 3 | 4

/** The shortest password the server takes. */
export const shortestPassword = 8

const common =
  /^(?:password|passwort|qwerty|qwertz|asdf|letmein|welcome|admin|taskly|iloveyou|dragon|monkey|1234|abc)/i

/** How many different signs the longest runs like `abcd`, `4321` or `aaaa` really add. */
function variety(password: string): number {
  const signs = [...password]
  let repeated = 0
  for (let index = 2; index < signs.length; index += 1) {
    const [a, b, c] = [signs[index - 2], signs[index - 1], signs[index]].map(
      (sign) => sign?.codePointAt(0) ?? 0,
    ) as [number, number, number]
    const step = b - a
    if (c - b === step && Math.abs(step) <= 1) repeated += 1
  }
  return signs.length - repeated
}

/**
 * A rough guess of how hard a password is to find: 0 when too short, up to 4. Length counts most,
 * since that is what keeps a password safe; sequences, the own name and known favourites do not.
 */
export function passwordStrength(password: string, own: readonly string[] = []): Strength {
  const length = [...password].length
  if (length < shortestPassword) return 0
  const lower = password.toLowerCase()
  const personal = own.some((text) => text.length >= 3 && lower.includes(text.toLowerCase()))
  if (personal || (common.test(password) && length < 16)) return 1
  const kinds = [/\p{Ll}|\p{Lo}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u]
  const mixed = kinds.filter((kind) => kind.test(password)).length
  const distinct = new Set(password).size
  const points = variety(password) + (mixed - 1) * 2
  if (distinct < 5 || points < 9) return 1
  if (points < 13) return 2
  return points < 18 ? 3 : 4
}
