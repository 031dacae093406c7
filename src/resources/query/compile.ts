import { escapeLike } from '#platform/db/like.ts'
import type { Pattern, Query, Term } from './ast.ts'
import { accountsThatFit, toLower } from './match.ts'
import type { NamedAccount } from './match.ts'

/** Takes a value and gives the placeholder that stands for it ("$3"). */
export type Bind = (value: unknown) => string

/**
 * The condition of a query over `resources r`. Nothing that the user wrote is ever part of the text: values go through
 * `bind`, and fields are chosen from the fixed ones below. No condition is ever null, so that `not` means what it says.
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
      return `(${compileTerm(query, bind, accounts)})`
  }
}

const compileTerm = ({ field, pattern }: Term, bind: Bind, accounts: readonly NamedAccount[]): string => {
  switch (field.kind) {
    case 'type':
      return matches('r.type', toLower(pattern), bind)
    case 'region':
      return matches('r.region', toLower(pattern), bind)
    case 'state':
      return matches('r.state_key', toLower(pattern), bind)
    case 'name':
      return matches('r.name_key', toLower(pattern), bind)
    case 'account':
      return `r.account = any(${bind(accountsThatFit(pattern, accounts))}::text[])`
    case 'id':
      return `${matches('r.aws_id', pattern, bind)} or ${matches('r.id', pattern, bind)}`
    case 'tag':
      return tagMatches(field.key, pattern, bind)
    case 'text':
      // Substrings, so that "web" finds web-1; the trigram index serves it.
      return `r.search_text like ${bind(`%${toLower(pattern).map(escapeLike).join('%')}%`)}`
  }
}

const matches = (column: string, pattern: Pattern, bind: Bind): string =>
  pattern.length === 1 ? `${column} = ${bind(pattern[0])}` : `${column} like ${bind(toLike(pattern))}`

/** Keys and values of tags are compared as AWS does, capitals and all. `*` alone asks only whether the tag is there. */
const tagMatches = (key: string, pattern: Pattern, bind: Bind): string => {
  if (pattern.length === 1) return `r.tags @> ${bind(JSON.stringify({ [key]: pattern[0] }))}::jsonb`
  const name = bind(key)
  const exists = `r.tags ? ${name}::text`
  if (pattern.every((piece) => piece === '')) return exists
  return `${exists} and coalesce(r.tags ->> ${name}::text, '') like ${bind(toLike(pattern))}`
}

const toLike = (pattern: Pattern): string => pattern.map(escapeLike).join('%')
