import { errors } from '../errors.ts'

/**
 * PostgreSQL stores no NUL character and RFC 8785 hashes no lone surrogate: such text is refused where it comes in.
 * Throws `invalid_text` naming the field.
 */
export const requireStorable = (value: unknown, path: string): void => {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) {
      throw errors.invalid_text(
        `${path} holds a character that cannot be stored (NUL or half a surrogate pair). Remove it.`,
        {
          errors: [{ path, message: 'Holds NUL or half a surrogate pair.' }],
        },
      )
    }
  } else if (Array.isArray(value)) {
    value.forEach((entry, index) => requireStorable(entry, `${path}.${index}`))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      requireStorable(key, `a key of ${path}`)
      requireStorable(entry, `${path}.${key}`)
    }
  }
}
