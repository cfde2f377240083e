/**
 * A random key of 128 bits in hexadecimal digits. Not `crypto.randomUUID`, which browsers keep
 * from pages on plain HTTP, as many installations within a house are.
 */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
