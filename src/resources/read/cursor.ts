import { createHash } from 'node:crypto'
import { z } from 'zod'
import { errors } from '#platform/errors.ts'
import { isPlace } from '../store/orders.ts'
import type { After, Order } from '../store/orders.ts'

const cursorSchema = z.strictObject({ of: z.string(), values: z.array(z.string()), seq: z.string() })

/** What a list was asked for: a cursor continues only the same list in the same order. */
export const listIdentity = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12)

export const encodeCursor = (of: string, { values, seq }: After): string =>
  Buffer.from(JSON.stringify({ of, values, seq })).toString('base64url')

/** Throws `invalid_cursor` for anything that `encodeCursor` didn't make for the same list. */
export const decodeCursor = (of: string, cursor: string, order: Order): After => {
  const refuse = (why: string, cause?: unknown): never => {
    throw errors.invalid_cursor(`The cursor ${why}. Begin again without one.`, { cause })
  }
  let decoded: unknown
  try {
    decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch (error) {
    return refuse('is not one of ours', error)
  }
  const parsed = cursorSchema.safeParse(decoded)
  if (!parsed.success || !isPlace(order, parsed.data)) return refuse('is not one of ours')
  if (parsed.data.of !== of) return refuse('belongs to a list with another filter or order')
  return parsed.data
}
