import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { errors as platformErrors } from '#platform/errors.ts'
import type { Idempotency } from './task-service.ts'

const longestKey = 255

/**
 * The request's Idempotency-Key with the hash of its body, or undefined without the header. The order of the body's
 * fields doesn't matter. Throws `invalid_request` for a key that is empty or longer than 255 characters.
 */
export const idempotencyOf = (header: string | string[] | undefined, body: unknown): Idempotency | undefined => {
  if (header === undefined) return undefined
  const key = Array.isArray(header) ? header.join(',') : header
  if (key.length === 0 || key.length > longestKey) {
    throw platformErrors.invalid_request(
      `The Idempotency-Key must have 1 to ${longestKey} characters; it has ${key.length}.`,
      {
        errors: [{ path: 'headers.idempotency-key', message: `1 to ${longestKey} characters` }],
      },
    )
  }
  // A parsed body is an object, so there is always text.
  return { key, bodyHash: createHash('sha256').update(canonicalize(body)!).digest('hex') }
}
