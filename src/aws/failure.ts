/**
 * What an error of an AWS call means for whoever made the call.
 * - throttled: refused before anything happened; try again later.
 * - transient: refused or lost before anything happened (5xx of a read, no connection); try again.
 * - unknown: the effect may or may not have taken place (timeout, connection lost after sending, 5xx of a write): read first.
 * - permanent: trying again can't help (validation, access denied, wrong state, not found).
 */
export type FailureKind = 'throttled' | 'transient' | 'unknown' | 'permanent'

/** The one error that src/aws throws for a failed call. Messages are AWS's own, cleaned of request signatures. */
export class AwsFailure extends Error {
  readonly kind: FailureKind
  /** AWS's code, for example `IncorrectInstanceState`. */
  readonly code: string
  readonly service: string
  readonly action: string
  /** The ids that AWS's message names as the culprits, where it names any. */
  readonly culprits: string[]
  /** The way to AWS is closed until then (see breaker/breaker.ts): whoever can wait should, and not count this as a try. */
  readonly heldUntil: Date | undefined

  constructor(options: {
    kind: FailureKind
    code: string
    message: string
    service: string
    action: string
    culprits?: string[]
    heldUntil?: Date | undefined
    cause?: unknown
  }) {
    super(options.message, { cause: options.cause })
    this.name = 'AwsFailure'
    this.kind = options.kind
    this.code = options.code
    this.service = options.service
    this.action = options.action
    this.culprits = options.culprits ?? []
    this.heldUntil = options.heldUntil
  }
}
