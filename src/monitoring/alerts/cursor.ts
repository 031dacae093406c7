import { errors } from '#platform/errors.ts'
import { isUuid } from '#platform/ids.ts'

/** Cursor of a list that is sorted by id, newest first: the id of the last row, opaque to the client. */
export const encodeCursor = (id: string): string => Buffer.from(id).toString('base64url')

/** Throws `invalid_cursor` for what `encodeCursor` didn't make. */
export const decodeCursor = (cursor: string): string => {
  const id = Buffer.from(cursor, 'base64url').toString('utf8')
  if (!isUuid(id)) throw errors.invalid_cursor('The cursor is not one of ours. Begin again without one.')
  return id
}
