import { problemSchema } from '#contracts/problem.ts'
import type { Problem } from '#contracts/problem.ts'

/** A failed request as the console shows it: the server's problem, or one of our own for what never reached it. */
export type ApiError = Pick<Problem, 'status' | 'code' | 'title' | 'detail'> & {
  requestId: string | null
  errors: NonNullable<Problem['errors']>
  /** From `Retry-After`, when the server said it. */
  retryAfterSeconds: number | null
}

const own = (status: number, code: string, title: string, detail: string): ApiError => ({
  status,
  code,
  title,
  detail,
  requestId: null,
  errors: [],
  retryAfterSeconds: null,
})

/** Status 0 means that no answer came. */
export const unreachable = own(
  0,
  'unreachable',
  'The server can’t be reached',
  'No answer came. Check your connection and that the server is running, then try again.',
)

export const signedOut = own(401, 'signed_out', 'You are signed out', 'Your session has ended. Sign in again to go on.')

/** Reads an error answer; an answer that isn't a problem (a proxy's page, say) becomes a readable one. */
export const problemOf = (status: number, body: unknown, headers?: Headers): ApiError => {
  const retryAfter = Number(headers?.get('retry-after') ?? Number.NaN)
  const retryAfterSeconds = Number.isFinite(retryAfter) ? retryAfter : null
  const parsed = problemSchema.safeParse(body)
  if (!parsed.success) {
    return {
      ...own(status, 'unexpected_answer', 'Unexpected answer', `The server answered with status ${status}.`),
      retryAfterSeconds,
    }
  }
  const { code, title, detail, requestId, errors = [] } = parsed.data
  return { status, code, title, detail, requestId, errors, retryAfterSeconds }
}

const isApiError = (error: unknown): error is ApiError =>
  typeof error === 'object' && error !== null && 'code' in error && 'detail' in error && 'status' in error

/** Whatever a query or a mutation failed with, as an ApiError. */
export const apiErrorOf = (error: unknown): ApiError =>
  isApiError(error)
    ? error
    : own(0, 'unexpected', 'Something went wrong', error instanceof Error ? error.message : 'An unexpected error.')
