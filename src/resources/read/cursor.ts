import { createHash } from 'node:crypto'
import { z } from 'zod'
import { errors } from '#platform/errors.ts'
import type { After } from '../store/list.ts'

const cursorSchema = z.strictObject({ of: z.string(), value: z.string(), id: z.string(), account: z.string() })

/** What a list was asked for: a cursor continues only the same list in the same order. */
export const listIdentity = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12)

export const encodeCursor = (of: string, { value, id, account }: After): string =>
  Buffer.from(JSON.stringify({ of, value, id, account })).toString('base64url')

/** Throws `invalid_cursor` for anything that `encodeCursor` didn't make for the same list. */
export const decodeCursor = (of: string, cursor: string): After => {
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
  if (!parsed.success || Object.values(parsed.data).some((text) => text.includes('\0')))
    return refuse('is not one of ours')
  if (parsed.data.of !== of) return refuse('belongs to a list with another filter or order')
  return parsed.data
}
