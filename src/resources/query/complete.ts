/** What is being written at the cursor, and which part of the text a completion replaces. */
export type Writing = { from: number; to: number; typed: string } & (
  | { kind: 'field' }
  | { kind: 'value'; field: string; isInList: boolean }
)

/**
 * Finds out what stands at the cursor of a query that is not finished, and may never have been right: the name of a field
 * (or a free word), or a value of a field, alone or in a list in parentheses.
 */
export const writingAt = (text: string, at: number): Writing => {
  let from = 0
  let isQuoted = false
  let list: string | null = null
  for (let position = 0; position < at; position++) {
    const char = text[position] ?? ''
    if (isQuoted) {
      if (char === '\\') position++
      else if (char === '"') isQuoted = false
    } else if (char === '"') isQuoted = true
    else if (char === '(') {
      const before = text.slice(from, position)
      list = before.endsWith(':') && before.length > 1 ? before.slice(0, -1) : null
      from = position + 1
    } else if (char === ')') {
      list = null
      from = position + 1
    } else if (/\s/.test(char) || (char === ',' && list !== null) || (char === '-' && position === from)) {
      from = position + 1
    }
  }
  const word = text.slice(from, at)
  if (list !== null) return value(text, list, from, at, word, true)
  const split = /^(tag\."(?:[^"\\]|\\.)*"|[^:"]*):(.*)$/is.exec(word)
  if (split !== null) {
    const [, field = '', typed = ''] = split
    return value(text, field, from + field.length + 1, at, typed, false)
  }
  const rest = /^[^\s():"]*:?/.exec(text.slice(at))?.[0] ?? ''
  return { kind: 'field', typed: word, from, to: at + rest.length }
}

const value = (
  text: string,
  field: string,
  from: number,
  at: number,
  typed: string,
  isInList: boolean,
): Extract<Writing, { kind: 'value' }> => {
  const rest = typed.startsWith('"')
    ? (/^[^"]*"?/.exec(text.slice(at))?.[0] ?? '')
    : (/^[^\s()",]*/.exec(text.slice(at))?.[0] ?? '')
  return {
    kind: 'value',
    field,
    isInList,
    typed: typed.replace(/^"/, '').replace(/\\(["\\])/g, '$1'),
    from,
    to: at + rest.length,
  }
}

/** A value as it has to be written: in quotes where it would end early, or mean something else. */
export const written = (value: string): string =>
  value === '' || /[\s"(),*]|^[<>=-]/.test(value) ? `"${value.replace(/[\\"]/g, '\\$&')}"` : value

/** The key of a tag as it has to be written behind `tag.`. */
export const writtenKey = (key: string): string => (/[\s"():]/.test(key) ? `"${key.replace(/[\\"]/g, '\\$&')}"` : key)
