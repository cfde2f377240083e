import { i18n } from '@/shared/i18n'

import { toast } from './toast'

/** The way that pages on plain HTTP are left with, where there is no `navigator.clipboard`. */
function copyByCommand(text: string): boolean {
  const fill = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
  }
  document.addEventListener('copy', fill, { once: true })
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing has replaced it there
    return document.execCommand('copy')
  } finally {
    document.removeEventListener('copy', fill)
  }
}

async function copied(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (!clipboard) return copyByCommand(text)
  return clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}

async function copyAndTell(text: string, done: 'copied' | 'linkCopied'): Promise<void> {
  const { t } = i18n.global
  if (await copied(text)) toast(t(`common.${done}`))
  else toast(t('common.notCopied'), { tone: 'error' })
}

/** Copies a text and tells how it went. */
export function copyText(text: string): Promise<void> {
  return copyAndTell(text, 'copied')
}

/** Copies the whole address of a place in the app, or of another that is whole already. */
export function copyLink(address: string): Promise<void> {
  return copyAndTell(new URL(address, location.origin).href, 'linkCopied')
}
