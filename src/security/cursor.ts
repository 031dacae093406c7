import { z } from 'zod'
import { errors as platformErrors } from '#platform/errors.ts'

/** The place where a page ended: the sort key of its last row, opaque to clients. */
export const encodeCursor = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** @throws `invalid_cursor` for anything that is not a key of that many texts. */
export const decodeCursor = (cursor: string, length: number): string[] => {
  try {
    return z
      .array(z.string().max(512))
      .length(length)
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (cause) {
    throw platformErrors.invalid_cursor(`The cursor "${cursor.slice(0, 40)}" is not one of ours. Begin without one.`, {
      cause,
    })
  }
}

/** A whole list on one page, for things of which nobody has many. */
export const wholeList = <Row>(items: Row[]) => ({
  items,
  nextCursor: null,
  total: { value: items.length, relation: 'eq' as const },
})
