/** A user name made from what stands before the `@`, in the signs the server takes. */
export function suggestUsername(email: string): string {
  const local = email.split('@')[0] ?? ''
  return local
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\+.*$/, '')
    .replace(/[^\p{L}\p{N}._-]/gu, '')
    .replace(/^[._-]+/, '')
    .slice(0, 32)
}
