import type { Conflict, FieldError, ProblemDocument } from './types'

/** An answer of the server that says why a request was refused. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: FieldError[]
  readonly conflicts: Conflict[]
  readonly retryAfter: number | null
  readonly traceId: string | null

  constructor(document: Partial<ProblemDocument> & { status: number }, retryAfter: number | null) {
    const detail = document.detail ?? document.title ?? ''
    super(detail)
    this.status = document.status
    this.code = document.code ?? 'unknown'
    this.detail = detail
    this.errors = document.errors ?? []
    this.conflicts = document.conflicts ?? []
    this.retryAfter = retryAfter
    this.traceId = document.trace_id ?? null
  }

  /** The message for one field of a form, if the server had one. */
  field(name: string): string | undefined {
    return this.errors.find((error) => error.field === name || error.field.endsWith(`.${name}`))
      ?.message
  }
}

/** The request never got an answer: offline, server away, or a broken connection. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
}

/** Whether the same request may succeed later without any change. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NetworkError) return true
  return (
    error instanceof ApiProblem &&
    (error.status >= 500 || error.status === 429 || error.status === 408)
  )
}

/** A refusal from its body, read already (openapi-fetch) or still as text. */
export function problemFrom(
  status: number,
  body: unknown,
  header: (name: string) => string | null,
): ApiProblem {
  const seconds = Number(header('retry-after'))
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null
  return new ApiProblem({ ...documentOf(body), status }, retryAfter)
}

function documentOf(body: unknown): Partial<ProblemDocument> {
  if (body !== null && typeof body === 'object') return body
  try {
    const parsed: unknown = JSON.parse(String(body))
    return parsed !== null && typeof parsed === 'object' ? parsed : {}
  } catch {
    // A proxy in front of the server answers with HTML; the status is all there is to say.
    return {}
  }
}
