import { currentLocale } from '@/shared/i18n'

import { NetworkError, problemFrom } from './problem'
import { apiRoot, getAccessToken, refreshSession } from './transport'

export interface UploadOptions {
  query?: Record<string, string>
  idempotencyKey?: string
  /** How much has left this browser, 0 to 1. */
  onProgress?: (share: number) => void
  signal?: AbortSignal
}

interface RawAnswer {
  status: number
  body: string
  header: (name: string) => string | null
}

// XMLHttpRequest, because fetch cannot tell how much of a body has been sent.
function attempt(path: string, file: File, options: UploadOptions): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const url = new URL(apiRoot + path, location.origin)
    for (const [name, value] of Object.entries(options.query ?? {})) {
      url.searchParams.set(name, value)
    }
    request.open('POST', url)
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('accept-language', currentLocale())
    request.setRequestHeader('authorization', `Bearer ${getAccessToken() ?? ''}`)
    if (options.idempotencyKey !== undefined) {
      request.setRequestHeader('idempotency-key', options.idempotencyKey)
    }
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) options.onProgress?.(event.loaded / event.total)
    }
    request.onload = () => {
      resolve({
        status: request.status,
        body: request.responseText,
        header: (name) => request.getResponseHeader(name),
      })
    }
    request.onerror = () => {
      reject(new NetworkError('The upload was cut off.'))
    }
    request.onabort = () => {
      reject(new DOMException('The upload was stopped.', 'AbortError'))
    }
    options.signal?.addEventListener('abort', () => request.abort(), { once: true })
    const form = new FormData()
    form.append('file', file)
    request.send(form)
  })
}

/** Sends one file as the form field `file`, with progress; throws as the other calls do. */
export async function uploadFile<T>(
  path: string,
  file: File,
  options: UploadOptions = {},
): Promise<T> {
  let answer = await attempt(path, file, options)
  if (answer.status === 401 && (await refreshSession()) !== null) {
    answer = await attempt(path, file, options)
  }
  if (answer.status < 200 || answer.status > 299) {
    throw problemFrom(answer.status, answer.body, answer.header)
  }
  return JSON.parse(answer.body) as T
}
