import { errors as platformErrors } from '#platform/errors.ts'
import { keptSince } from './retention.ts'

export type Period = { from: Date; to: Date }

const dayMs = 86_400_000

/**
 * The two times that are compared: those that were given, else now and a day before. What is still to come is not known, so
 * `to` is now at the latest. Throws `invalid_request` where there is nothing between them, or it isn't kept any more.
 */
export const periodOf = (
  given: { from?: string | undefined; to?: string | undefined },
  now: Date,
  retentionDays: number,
): Period => {
  const asked = given.to === undefined ? now : new Date(given.to)
  const to = asked > now ? now : asked
  const from = given.from === undefined ? new Date(to.getTime() - dayMs) : new Date(given.from)
  const oldest = keptSince(now, retentionDays)
  const refuse = (message: string) =>
    platformErrors.invalid_request(message, {
      errors: [{ path: 'from', message, value: given.from ?? from.toISOString() }],
    })
  if (from >= to) throw refuse(`"from" (${from.toISOString()}) must lie before "to" (${to.toISOString()}).`)
  if (from < oldest)
    throw refuse(
      `The history goes back ${retentionDays} days, to ${oldest.toISOString()}: nobody knows how it was before.`,
    )
  return { from, to }
}
