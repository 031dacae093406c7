/**
 * Makes an answer of AWS storable: no NUL and no lone surrogate in any text (PostgreSQL refuses both, and one of them
 * would fail a whole group commit). Strings are replaced in place; most answers have nothing to clean and keep theirs.
 */
export const cleanText = <T>(value: T): T => {
  if (typeof value === 'string') return cleanString(value) as T & string
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const clean: unknown = cleanText(value[index])
      if (clean !== value[index]) value[index] = clean
    }
    return value
  }
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return value
  const record = value as Record<string, unknown>
  for (const key of Object.keys(record)) {
    const cleanKey = cleanString(key)
    const clean = cleanText(record[key])
    if (cleanKey !== key) delete record[key]
    // Writing what is there already is what would take the time.
    if (record[cleanKey] !== clean) record[cleanKey] = clean
  }
  return value
}

const cleanString = (text: string): string =>
  text.includes('\u0000') || !text.isWellFormed() ? text.replaceAll('\u0000', '').toWellFormed() : text
