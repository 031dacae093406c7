import { queryMaxLength } from '#contracts/query.ts'
import { QueryError } from './ast.ts'
import type { Query } from './ast.ts'
import { toTerms } from './terms.ts'
import { tokenize } from './tokens.ts'
import type { Token } from './tokens.ts'

/** Far more than anybody types; keeps the recursion and the statement small whatever is sent. */
const maxDepth = 40
const maxTerms = 200

/**
 * Parses a query; null when it is empty, which matches everything.
 *
 *     or    = and { "or" and }
 *     and   = not { [ "and" ] not }
 *     not   = { "-" | "not" } unit
 *     unit  = "(" or ")" | term
 *     term  = [ field ":" ] ( value | "(" value { [ "or" | "," ] value } ")" )
 *     value = word | quoted | ( ">" | ">=" | "<" | "<=" | "=" ) ( number | duration )
 *
 * Throws `QueryError`, and nothing else, for whatever it is given.
 */
export const parseQuery = (text: string): Query | null => {
  if (text.length > queryMaxLength) {
    const at = { column: queryMaxLength + 1, length: text.length - queryMaxLength }
    throw new QueryError(`The query has ${text.length} characters; at most ${queryMaxLength} are understood.`, at)
  }
  // PostgreSQL stores neither.
  const unusable = text.search(/\0|\p{Surrogate}/u)
  if (unusable >= 0) {
    const at = { column: unusable + 1, length: 1 }
    throw new QueryError(
      'The query contains a character that no text of AWS has (NUL, or half of a surrogate pair).',
      at,
    )
  }
  const tokens = tokenize(text)
  let index = 0
  let terms = 0
  // The last token is `end`, which nothing consumes.
  const peek = (): Token => tokens[index]!

  const combine = (kind: 'and' | 'or', parts: readonly Query[]): Query =>
    // A list that was begun has at least one part.
    parts.length === 1 ? parts[0]! : { kind, parts }

  const parseOr = (depth: number): Query => {
    const parts = [parseAnd(depth)]
    while (peek().kind === 'or') {
      index++
      parts.push(parseAnd(depth))
    }
    return combine('or', parts)
  }

  const parseAnd = (depth: number): Query => {
    const parts = [parseNot(depth)]
    for (;;) {
      const { kind } = peek()
      if (kind === 'and') index++
      else if (kind === 'end' || kind === ')' || kind === 'or') return combine('and', parts)
      parts.push(parseNot(depth))
    }
  }

  const parseNot = (depth: number): Query => {
    let isNegated = false
    while (peek().kind === '-' || peek().kind === 'not') {
      isNegated = !isNegated
      index++
    }
    const unit = parseUnit(depth)
    return isNegated ? { kind: 'not', part: unit } : unit
  }

  const parseUnit = (depth: number): Query => {
    const token = peek()
    if (token.kind === 'term') {
      index++
      terms += token.values.length
      if (terms > maxTerms) throw new QueryError(`A query has at most ${maxTerms} terms.`, token.at)
      return combine('or', toTerms(token))
    }
    if (token.kind !== '(') throw new QueryError(missingTerm(token, tokens[index - 1]), token.at)
    if (depth >= maxDepth) throw new QueryError(`Parentheses nest at most ${maxDepth} deep.`, token.at)
    index++
    const inside = parseOr(depth + 1)
    if (peek().kind !== ')') throw new QueryError('The parenthesis that opens here is not closed.', token.at)
    index++
    return inside
  }

  if (peek().kind === 'end') return null
  const query = parseOr(0)
  if (peek().kind === ')') throw new QueryError('There is no opening parenthesis for this one.', peek().at)
  return query
}

const missingTerm = (token: Token, before: Token | undefined): string => {
  const after = before === undefined ? '' : ` after "${before.kind}"`
  if (token.kind === 'end') return `Something to search for is missing${after}.`
  return `Something to search for is expected${after}, not "${token.kind}".`
}
