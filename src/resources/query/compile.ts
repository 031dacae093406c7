import { escapeLike } from '#platform/db/like.ts'
import type { Measure, Pattern, Query, Term } from './ast.ts'
import { costExpression, createdExpression, serviceExpression } from './expressions.ts'
import { accountsThatFit, toLower } from './match.ts'
import type { NamedAccount } from './match.ts'

/** Takes a value and gives the placeholder that stands for it ("$3"). */
export type Bind = (value: unknown) => string

/**
 * The condition of a query over `resources r`. Nothing that the user wrote is ever part of the text: values go through
 * `bind`, and fields are chosen from the fixed ones below. No condition is ever null, so that `not` means what it says.
 *
 * Where no index serves a condition, one that follows from it is added for the trigram index of `search_text`, which has
 * name, ids, tags and the texts of the summary: it narrows down what has to be looked at, and never what is found.
 */
export const compileQuery = (query: Query | null, bind: Bind, accounts: readonly NamedAccount[]): string => {
  if (query === null) return 'true'
  switch (query.kind) {
    case 'and':
    case 'or':
      return `(${query.parts.map((part) => compileQuery(part, bind, accounts)).join(` ${query.kind} `)})`
    case 'not':
      return `not ${compileQuery(query.part, bind, accounts)}`
    case 'term':
      return `(${compileWords(query, bind, accounts)})`
    case 'compare':
      return `(${compileComparison(query, bind)})`
    case 'known':
      return `(${isKnown(query.measure, bind)})`
  }
}

/**
 * Between which names everything is that matches, where the query says how they begin: in the order of names the others
 * need not be looked at. Only from letters and what stands between them; "web-1" comes before "web-2", but so does "web-10"
 * before "web-9" only as text, and the order of names counts.
 */
export const compileNameBounds = (query: Query | null, bind: Bind): string | undefined => {
  if (query?.kind === 'and')
    return query.parts.map((part) => compileNameBounds(part, bind)).find((bounds) => bounds !== undefined)
  if (query?.kind !== 'term' || query.field.kind !== 'name') return undefined
  const prefix = /^[a-z_./ -]+/i.exec(query.pattern[0] ?? '')?.[0].toLowerCase()
  if (prefix === undefined) return undefined
  // U+FFFF sorts behind everything else: https://www.unicode.org/reports/tr35/tr35-collation.html#Special_Purpose_Collation
  return `r.sort_name >= ${bind(prefix)}::text and r.sort_name <= ${bind(`${prefix}\uffff`)}::text`
}

const compileWords = (
  { field, pattern }: Extract<Term, { kind: 'term' }>,
  bind: Bind,
  accounts: readonly NamedAccount[],
): string => {
  switch (field.kind) {
    case 'type':
      return matches('r.type', toLower(pattern), bind)
    case 'service':
      return matches(serviceExpression, toLower(pattern), bind)
    case 'region':
      return matches('r.region', toLower(pattern), bind)
    case 'state':
      return matches('r.state_key', toLower(pattern), bind)
    case 'name':
      return `${matches('r.name_key', toLower(pattern), bind)}${sought(pattern, bind)}`
    case 'account':
      return `r.account = any(${bind(accountsThatFit(pattern, accounts))}::text[])`
    case 'id':
      return pattern.length === 1
        ? `${matches('r.aws_id', pattern, bind)} or ${matches('r.id', pattern, bind)}`
        : `(${matches('r.aws_id', pattern, bind)} or ${matches('r.id', pattern, bind)})${sought(pattern, bind)}`
    case 'tag':
      return tagMatches(field.key, pattern, bind)
    case 'summary':
      return summaryMatches(field.key, pattern, bind)
    case 'text':
      // Substrings, so that "web" finds web-1; the trigram index serves it.
      return contains(pattern, bind)
  }
}

const matches = (column: string, pattern: Pattern, bind: Bind): string =>
  pattern.length === 1 ? `${column} = ${bind(pattern[0])}` : `${column} like ${bind(toLike(pattern))}`

const toLike = (pattern: Pattern): string => pattern.map(escapeLike).join('%')

const contains = (pattern: Pattern, bind: Bind): string => `r.search_text like ${bind(`%${toLike(toLower(pattern))}%`)}`

/**
 * What follows for `search_text` of a value that stands in it, where a piece is long enough to be looked up: three letters or
 * digits, or two at the end of a word, as in "m5.".
 */
const sought = (pattern: Pattern, bind: Bind): string =>
  pattern.some((piece) => /[\p{L}\p{N}]{3}|[\p{L}\p{N}]{2}[^\p{L}\p{N}]/u.test(piece))
    ? ` and ${contains(pattern, bind)}`
    : ''

/** Keys and values of tags are compared as AWS does, capitals and all. `*` alone asks only whether the tag is there. */
const tagMatches = (key: string, pattern: Pattern, bind: Bind): string => {
  if (pattern.length === 1) return `r.tags @> ${bind(JSON.stringify({ [key]: pattern[0] }))}::jsonb`
  const name = bind(key)
  const exists = `r.tags ? ${name}::text`
  if (pattern.every((piece) => piece === '')) return exists
  const like = `coalesce(r.tags ->> ${name}::text, '') like ${bind(toLike(pattern))}`
  return `${exists} and ${like}${sought(pattern, bind)}`
}

/** A text, number or yes/no, or any of a list of them; capitals don't matter. What is nested deeper is not looked into. */
const summaryMatches = (key: string, pattern: Pattern, bind: Bind): string => {
  const name = `${bind(key)}::text`
  const like = bind(toLike(pattern))
  // Numbers and booleans don't stand in the search text.
  const isText = pattern.some((piece) => /[^\d.e+-]/i.test(piece) && !'true false'.includes(piece.toLowerCase()))
  return `coalesce(case jsonb_typeof(r.summary -> ${name})
      when 'array' then exists (select from jsonb_array_elements_text(r.summary -> ${name}) as e(value) where e.value ilike ${like})
      when 'object' then false
      else r.summary ->> ${name} ilike ${like} end, false)${isText ? sought(pattern, bind) : ''}`
}

const isKnown = (measure: Measure, bind: Bind): string => {
  switch (measure.kind) {
    case 'cost':
      return 'r.cost_monthly_usd is not null'
    case 'cpu':
      return `exists (select from resource_signals s where s.account = r.account and s.id = r.id and s.cpu_avg is not null)`
    case 'age':
      return 'true'
    case 'summary':
      return summaryMatches(measure.key, ['', ''], bind)
  }
}

const compileComparison = ({ measure, operator, value }: Extract<Term, { kind: 'compare' }>, bind: Bind): string => {
  switch (measure.kind) {
    case 'cost':
      return `${costExpression} ${operator} ${bind(value)}::double precision and r.cost_monthly_usd is not null`
    case 'cpu':
      return `exists (select from resource_signals s
        where s.account = r.account and s.id = r.id and s.cpu_avg ${operator} ${bind(value)}::double precision)`
    case 'age':
      return `${createdExpression} ${turned[operator]} now() - make_interval(secs => ${bind(value)}::double precision)`
    case 'summary': {
      const name = `${bind(measure.key)}::text`
      return `case when jsonb_typeof(r.summary -> ${name}) = 'number'
        then (r.summary ->> ${name})::numeric ${operator} ${bind(value)}::numeric else false end`
    }
  }
}

/** What is older was made earlier. */
const turned = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '=': '=' } as const
