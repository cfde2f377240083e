import { linkFile } from './api'

/** Lets the browser keep what an address leads to, as it comes. */
function keep(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}

/** Lets the browser keep a file of a job; nothing of it passes through the page. */
export async function saveFile(jobId: string, file: { id: string; name: string }): Promise<void> {
  keep(await linkFile(jobId, file.id), file.name)
}

/** Hands bytes to the browser as a file to keep. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content)
  keep(address, name)
  // The browser has taken the address by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
