import { AwsFailure } from '../failure.ts'
import type { FailureKind } from '../failure.ts'

/**
 * What a call may do to AWS: nothing; something that can be done again (start, stop, tag); or something whose repetition
 * is a second effect (reboot).
 */
export type Effect = 'read' | 'repeatable' | 'at-most-once'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and the SDK's list of throttling codes. */
const throttleCodes = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
])

/** The connection was never made, so nothing can have happened. */
const neverSentCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** The connection was lost, or gave no answer in time. */
const lostCodes = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'AbortError',
])
/** What came back was no answer of AWS: garbled, or cut off by the network or something in between. */
const unreadableCodes = /^(?:HPE_|UND_ERR_|ERR_SSL_|EPROTO$)/
/** Said with a status of 5xx, but a decided no: the effect did not take place, and the same call gets the same answer. */
const refusedCodes = /^Insufficient\w*Capacity|^InsufficientAddressCapacity$|^Unsupported/

type Thrown = {
  name?: unknown
  code?: unknown
  message?: unknown
  $metadata?: { httpStatusCode?: unknown }
  $fault?: unknown
}

/** AWS's code of an error, or the network's. */
export const codeOf = (error: unknown): string => {
  const { name, code } = (error ?? {}) as Thrown
  if (typeof code === 'string' && (neverSentCodes.has(code) || lostCodes.has(code))) return code
  return typeof name === 'string' && name !== '' && name !== 'Error'
    ? name
    : typeof code === 'string'
      ? code
      : 'Unknown'
}

export const kindOf = (error: unknown, effect: Effect): FailureKind => {
  const code = codeOf(error)
  const status = ((error ?? {}) as Thrown).$metadata?.httpStatusCode
  if (throttleCodes.has(code) || status === 429) return 'throttled'
  if (neverSentCodes.has(code)) return 'transient'
  if (refusedCodes.test(code)) return 'permanent'
  const isLost =
    lostCodes.has(code) ||
    unreadableCodes.test(String(((error ?? {}) as Thrown).code)) ||
    // Accepted, but the answer could not be read.
    (typeof status === 'number' && (status >= 500 || (status >= 200 && status < 300))) ||
    /socket hang up|premature close/i.test(messageOf(error))
  if (isLost) return effect === 'read' ? 'transient' : 'unknown'
  return 'permanent'
}

const messageOf = (error: unknown): string => {
  const { message } = (error ?? {}) as Thrown
  return typeof message === 'string' ? message : String(error)
}

/** Without what AWS adds for machines: encoded authorization failures, canonical requests with their signatures. */
const cleanMessage = (message: string): string =>
  message
    .replace(/\s*Encoded authorization failure message:.*/s, '')
    .replace(/\s*The Canonical String for this request should have been.*/s, '')
    .replaceAll('\u0000', '')
    .toWellFormed()
    .slice(0, 2000)

/** What an error says, as it may be kept and shown. */
export const cleanMessageOf = (error: unknown): string => cleanMessage(messageOf(error))

/** The ids that a message names, each once: "The instance IDs 'i-1, i-2' do not exist". */
const culpritsIn = (message: string): string[] => [
  ...new Set(message.match(/\b(?:i|vol|snap|ami)-[0-9a-f]{8,17}\b/g) ?? []),
]

export const failureOf = (
  error: unknown,
  about: { service: string; action: string; effect: Effect; kind?: FailureKind; heldUntil?: Date | undefined },
): AwsFailure => {
  const message = cleanMessageOf(error)
  return new AwsFailure({
    kind: about.kind ?? kindOf(error, about.effect),
    code: codeOf(error),
    message,
    service: about.service,
    action: about.action,
    culprits: culpritsIn(message),
    heldUntil: about.heldUntil,
    cause: error,
  })
}
