import { z } from 'zod'
import { countedTo } from '#contracts/list.ts'
import type { List, PageQuery, Total } from '#contracts/list.ts'
import { errors } from '../errors.ts'

const keySchema = (length: number) =>
  z
    .array(
      z
        .string()
        .max(2048)
        .refine((text) => !text.includes('\0') && text.isWellFormed()),
    )
    .length(length)

/** The place where a page ended: the sort key of its last row, opaque to clients. */
export const encodeCursor = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The key of so many texts that a cursor stands for. Throws `invalid_cursor` for what `encodeCursor` did not make. */
export const decodeCursor = (cursor: string, length: number): string[] => {
  try {
    return keySchema(length).parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (cause) {
    throw invalidCursor(cursor, cause)
  }
}

/** The same for a key of one text that must look like that; null without a cursor. */
export const decodePosition = (cursor: string | undefined, shape: RegExp): string | null => {
  if (cursor === undefined) return null
  const [position] = decodeCursor(cursor, 1)
  if (position === undefined || !shape.test(position)) throw invalidCursor(cursor)
  return position
}

export const invalidCursor = (cursor: string, cause?: unknown) =>
  errors.invalid_cursor(`The cursor "${cursor.slice(0, 40)}" is not one of this list. Begin again without one.`, {
    errors: [{ path: 'cursor', message: 'is not a cursor of this list', value: cursor.slice(0, 200) }],
    cause,
  })

/** A total from a count that stopped just above `countedTo`. */
export const totalOf = (count: number): Total =>
  count > countedTo ? { value: countedTo, relation: 'gte' } : { value: count, relation: 'eq' }

/** A page of rows of which one more than `limit` was asked for, so that it is known whether there is a next page. */
export const pageOf = <Row>(
  found: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly string[],
): { page: Row[]; nextCursor: string | null } => {
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return { page, nextCursor: found.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}

/**
 * A page of a list that is at hand as a whole, since nobody has many of it. The cursor names the last row that was seen;
 * when that one is gone the reader begins again (`invalid_cursor`).
 */
export const pageOfAll = <Row>(all: readonly Row[], query: PageQuery, idOf: (row: Row) => string): List<Row> => {
  const { limit, cursor } = query
  const seen = decodePosition(cursor, /^/)
  const last = seen === null ? -1 : all.findIndex((row) => idOf(row) === seen)
  if (cursor !== undefined && last === -1) throw invalidCursor(cursor)
  const { page, nextCursor } = pageOf(all.slice(last + 1), limit, (row) => [idOf(row)])
  return { items: page, nextCursor, total: totalOf(all.length) }
}
