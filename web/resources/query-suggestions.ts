import { queryFields } from '#contracts/query.ts'

export type Suggestion = { value: string; label: string; description: string }

/** Values that the estate is known to have, by field. */
export type KnownValues = {
  type: string[]
  state: string[]
  account: string[]
  region: string[]
  tags: Record<string, string[]>
}

const quoted = (value: string): string => (/[\s"()]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value)

/**
 * What may follow in a query, completing its last word: first the fields, then the field's values. Each suggestion is the
 * whole query, as choosing one replaces the text.
 */
export const suggestionsFor = (text: string, known: KnownValues): Suggestion[] => {
  // A quoted value may contain spaces: the last word begins after the last space outside of quotes.
  const start = text.match(/(?:[^\s"]|"[^"]*"?)*$/)?.index ?? text.length
  const [kept, last] = [text.slice(0, start), text.slice(start)]
  const sign = last.startsWith('-') ? '-' : ''
  const word = last.slice(sign.length)
  const colon = word.indexOf(':')
  const make = (completed: string, description: string): Suggestion => ({
    value: kept + sign + completed,
    label: sign + completed,
    description,
  })
  if (colon < 0) {
    const wanted = word.toLowerCase()
    const tags = Object.keys(known.tags).map((key) => make(`tag.${quoted(key)}:`, 'Value of this tag'))
    const fields = queryFields
      .filter(({ name }) => name !== 'tag.<key>')
      .map(({ name, description }) => make(`${name}:`, description))
    return [...fields, ...tags].filter(({ label }) => label.toLowerCase().includes(wanted)).slice(0, 20)
  }
  const [field, part] = [
    word.slice(0, colon),
    word
      .slice(colon + 1)
      .replaceAll('"', '')
      .toLowerCase(),
  ]
  return valuesOf(field, known)
    .filter((value) => value.toLowerCase().includes(part))
    .slice(0, 20)
    .map((value) => make(`${field}:${quoted(value)} `, ''))
}

const valuesOf = (field: string, known: KnownValues): string[] => {
  if (field.startsWith('tag.')) return known.tags[field.slice(4).replaceAll('"', '')] ?? []
  return field === 'type' || field === 'state' || field === 'account' || field === 'region' ? known[field] : []
}

/** One query that means both: everything of a type, narrowed by what was typed (which may contain "or"). */
export const queryOf = (q: string, type: string): string => {
  const text = q.trim()
  if (type === '') return text
  return text === '' ? `type:${type}` : `type:${type} (${text})`
}
