import { queryFields, summaryFields } from '#contracts/query.ts'
import { operators, QueryError } from './ast.ts'
import type { Field, Measure, Operator, Term } from './ast.ts'
import { nearest } from './nearest.ts'
import type { Token, Value } from './tokens.ts'

type TermToken = Extract<Token, { kind: 'term' }>

const wordFields = ['type', 'state', 'service', 'account', 'region', 'name', 'id'] as const
const measures = ['cost', 'cpu', 'age'] as const
const summaryPrefix = /^summary\./i

/** Other consoles' words for a field. */
const alsoCalled: Record<string, string> = {
  arn: 'id',
  status: 'state',
  price: 'cost',
  usd: 'cost',
  zone: 'availabilityZone',
  az: 'availabilityZone',
  size: 'sizeGib',
  resource: 'type',
}

/** What a term means, one for each value that would do. Throws `QueryError`. */
export const toTerms = (token: TermToken): Term[] => {
  const { field, tagKey } = token
  if (field === null) return token.values.map((value) => words({ kind: 'text' }, value, token))
  if (tagKey !== null) {
    if (tagKey === '') throw new QueryError('The key of the tag is missing: write tag.<key>:<value>.', token.at)
    return token.values.map((value) => words({ kind: 'tag', key: tagKey }, value, token))
  }
  const lower = field.toLowerCase()
  const word = wordFields.find((name) => name === lower)
  if (word !== undefined) return token.values.map((value) => words({ kind: word }, withoutOperator(word, value), token))
  const measure = measures.find((name) => name === lower)
  if (measure !== undefined) return token.values.map((value) => measured({ kind: measure }, value, token))
  const key = summaryPrefix.test(field)
    ? field.replace(summaryPrefix, '')
    : summaryFields.find((name) => name.toLowerCase() === lower)
  if (key === undefined) throw unknownField(token, field)
  if (key === '') throw new QueryError('The name of the field is missing: write summary.<field>:<value>.', token.at)
  return token.values.map((value) => {
    const isCompared = !value.isQuoted && /^[<>]/.test(value.text)
    return isCompared ? measured({ kind: 'summary', key }, value, token) : words({ kind: 'summary', key }, value, token)
  })
}

/** A list's values have places of their own; a single one is marked with its field. */
const placeOf = (value: Value, token: TermToken) => (token.values.length === 1 ? token.at : value.at)

const words = (field: Field, value: Value, token: TermToken): Term => ({
  kind: 'term',
  field,
  pattern: value.isQuoted ? [value.text] : value.text.split('*'),
  at: placeOf(value, token),
})

/** Names may begin with anything; a type or a state that is "greater" than something is a misunderstanding. */
const withoutOperator = (field: string, value: Value): Value => {
  if (field === 'name' || field === 'id' || value.isQuoted || !/^[<>]/.test(value.text)) return value
  const comparable = queryFields.flatMap(({ name, takes }) => (takes === 'words' ? [] : [name]))
  throw new QueryError(
    `"${field}" can't be compared with ${value.text.slice(0, 1)}: that is for ${comparable.join(', ')} and numbers of the summary.`,
    value.at,
  )
}

const measured = (measure: Measure, value: Value, token: TermToken): Term => {
  const at = placeOf(value, token)
  if (value.text === '*' && !value.isQuoted) return { kind: 'known', measure, at }
  const written = operators.find((each) => value.text.startsWith(each))
  const amount = value.text.slice(written?.length ?? 0)
  return measure.kind === 'age'
    ? { kind: 'compare', measure, ...aged(written, amount, value), at }
    : { kind: 'compare', measure, operator: written ?? '=', value: numberIn(measure, amount, value), at }
}

const numberIn = (measure: Measure, amount: string, value: Value): string => {
  if (/^-?\d{1,15}(\.\d{1,9})?$/.test(amount)) return amount
  const what = measure.kind === 'summary' ? measure.key : measure.kind
  const bare = /\d+(\.\d+)?/.exec(amount)?.[0]
  throw new QueryError(
    `"${what}" is compared with a number, as in ${what}:>${bare ?? '100'}, not with "${value.text}".`,
    value.at,
    bare === undefined ? undefined : value.text.slice(0, value.text.length - amount.length) + bare,
  )
}

const secondsOf: Record<string, number> = { m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 }

/** More than a thousand years is a slip, and beyond what PostgreSQL adds to a date. */
const mostSeconds = 1000 * 31_536_000

const aged = (operator: Operator | undefined, amount: string, value: Value): { operator: Operator; value: string } => {
  const match = /^(\d{1,9})([mhdwy])$/i.exec(amount)
  const seconds = match === null ? Number.NaN : Number(match[1]) * (secondsOf[(match[2] ?? '').toLowerCase()] ?? 1)
  if (Number.isNaN(seconds)) {
    const days = /^\d{1,5}/.exec(amount)?.[0] ?? '30'
    throw new QueryError(
      `"age" is compared with a time: a number and m, h, d, w or y (365 days), as in age:>30d, not with "${value.text}".`,
      value.at,
      `${operator === undefined || operator === '=' ? '>' : operator}${days}d`,
    )
  }
  if (seconds > mostSeconds) throw new QueryError('Nothing is older than 1000 years.', value.at)
  if (operator === undefined || operator === '=') {
    throw new QueryError(
      `Hardly anything is exactly that old: write age:>${amount} for older, age:<${amount} for younger.`,
      value.at,
      `>${amount}`,
    )
  }
  return { operator, value: String(seconds) }
}

const unknownField = ({ at, fieldAt }: TermToken, field: string): QueryError => {
  const names = queryFields.map(({ name }) => name)
  if (field === '') {
    return new QueryError(
      `The name of a field is missing before ":". Fields are ${names.join(', ')}; text with a colon goes in quotes.`,
      at,
    )
  }
  const meant = meantBy(field)
  return new QueryError(
    `There is no field "${field}".${meant === undefined ? '' : ` Did you mean "${meant}"?`} ` +
      `Fields are ${names.join(', ')}; text with a colon goes in quotes.`,
    fieldAt,
    meant,
  )
}

const meantBy = (field: string): string | undefined => {
  const lower = field.toLowerCase()
  const tag = /^(?:tags?[.:]|tags\.)(.+)$/.exec(lower)
  if (tag !== null) return `tag.${field.slice(-(tag[1] ?? '').length)}`
  if (Object.hasOwn(alsoCalled, lower)) return alsoCalled[lower]
  return nearest(field, [...wordFields, ...measures, ...summaryFields])
}
