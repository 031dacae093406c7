import { errors } from '#platform/errors.ts'

/** Cursors are opaque to clients: the position of the last row of a page. */
export const toCursor = (position: string): string => Buffer.from(position, 'utf8').toString('base64url')

/** Reads a cursor that must match `shape`. Throws `invalid_cursor`. */
export const fromCursor = (cursor: string | undefined, shape: RegExp): string | null => {
  if (cursor === undefined) return null
  const position = Buffer.from(cursor, 'base64url').toString('utf8')
  if (!shape.test(position)) {
    throw errors.invalid_cursor(`"${cursor}" is not a cursor of this list. Begin again without one.`, {
      errors: [{ path: 'cursor', message: 'is not a cursor of this list', value: cursor }],
    })
  }
  return position
}
