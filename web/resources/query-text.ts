/** A value as it has to be written in a query: in quotes where it would end early, or mean something else. */
export const written = (value: string): string =>
  value === '' || /[\s"(),*]|^[<>=-]/.test(value) ? `"${value.replace(/[\\"]/g, '\\$&')}"` : value

const writtenKey = (key: string): string => (/[\s"():]/.test(key) ? `"${key.replace(/[\\"]/g, '\\$&')}"` : key)

/** The term that a value of a facet is; null: it has none. */
export const termOf = (by: string, value: string | null): string => {
  const field = by.startsWith('tag.') ? `tag.${writtenKey(by.slice('tag.'.length))}` : by
  if (value === null) return by === 'state' ? 'state:""' : `-${field}:*`
  return `${field}:${written(value)}`
}

/** The query narrowed by a term; what contains "or" is kept together. */
export const narrowed = (q: string, term: string): string => {
  const text = q.trim()
  if (text === '') return term
  if (text.split(' ').includes(term)) return text
  return /(^|[\s)])or([\s(]|$)/i.test(text) ? `(${text}) ${term}` : `${text} ${term}`
}

/** One query that means both: everything of a type, narrowed by what was typed (which may contain "or"). */
export const queryOf = (q: string, type: string): string => {
  const text = q.trim()
  if (type === '') return text
  return text === '' ? `type:${type}` : `type:${type} (${text})`
}

/** Takes apart again what `queryOf` joined; any other query is of no type in particular. */
export const typeAndQuery = (query: string): { type: string; q: string } => {
  const match = /^type:([^\s()"*:]+)(?: \((.*)\))?$/s.exec(query)
  return match === null ? { type: '', q: query } : { type: match[1] ?? '', q: match[2] ?? '' }
}
