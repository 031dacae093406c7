import type { FieldError } from '#contracts/problem.ts'

/** One entry of a box's error registry (`errors.ts`): what the client sees and whether trying again can help. */
export type ErrorDefinition = {
  /** HTTP status. */
  status: number
  /** Short and constant, the problem's `title`. */
  title: string
  /** True where the same request may succeed later without any change. */
  retryable?: boolean
}

/**
 * An error that a client may see. `message` says what failed, quotes the value that was given and says what to do; it
 * never carries SQL or SDK text (that goes into `cause`, which is logged and not sent).
 */
export class AppError extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly isRetryable: boolean
  readonly errors: FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: string, definition: ErrorDefinition, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.status = definition.status
    this.title = definition.title
    this.isRetryable = definition.retryable ?? false
    this.errors = details.errors
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

export type ErrorDetails = { cause?: unknown; errors?: FieldError[]; retryAfterSeconds?: number }

/**
 * Makes the registry of a box: a function per code. `docs/errors.md` lists every code, and a test compares both ways.
 *
 *     export const errors = defineErrors({ task_not_found: { status: 404, title: 'No such task' } })
 *     throw errors.task_not_found(`There is no task "${id}".`)
 */
export const defineErrors = <Codes extends string>(
  definitions: Record<Codes, ErrorDefinition>,
): Record<Codes, (message: string, details?: ErrorDetails) => AppError> & {
  definitions: Record<Codes, ErrorDefinition>
} => {
  const makers = Object.fromEntries(
    Object.entries<ErrorDefinition>(definitions).map(([code, definition]) => [
      code,
      (message: string, details?: ErrorDetails) => new AppError(code, definition, message, details),
    ]),
  )
  // fromEntries forgets the keys, which are exactly Codes.
  return { ...makers, definitions } as ReturnType<typeof defineErrors<Codes>>
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
