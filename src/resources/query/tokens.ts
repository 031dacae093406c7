import { QueryError } from './ast.ts'
import type { At } from './ast.ts'

/** A value as it was written: stars mean anything, unless it stood in quotes. */
export type Value = { text: string; isQuoted: boolean; at: At }

export type Token = { at: At } & (
  | { kind: '(' | ')' | '-' | 'and' | 'or' | 'not' | 'end' }
  /**
   * `field` is what stands before the colon, null for free text; `tagKey` is set for `tag.<key>`. More than one value
   * where a list stood in parentheses: any of them.
   */
  | { kind: 'term'; field: string | null; fieldAt: At; tagKey: string | null; values: readonly Value[] }
)

const isSpace = (char: string): boolean => /\s/.test(char)
/** Ends a bare word; everything else, colons and slashes of ARNs included, may stand in a value without quotes. */
const endsWord = (char: string): boolean => isSpace(char) || char === '(' || char === ')' || char === '"'

/** Splits a query into tokens; the last one is always `end`. Throws only `QueryError`. */
export const tokenize = (text: string): Token[] => {
  const tokens: Token[] = []
  let position = 0

  const at = (from: number, to = position): At => ({ column: from + 1, length: to - from })
  const peek = (): string => text[position] ?? ''
  const isOver = (): boolean => position >= text.length
  const skipSpace = (): void => {
    while (!isOver() && isSpace(peek())) position++
  }

  /** A quoted text from its opening quote on; \" and \\ stand for themselves. */
  const quoted = (): string => {
    const start = position++
    let value = ''
    while (!isOver()) {
      const char = peek()
      position++
      if (char === '"') return value
      if (char === '\\' && (peek() === '"' || peek() === '\\')) {
        value += peek()
        position++
      } else value += char
    }
    throw new QueryError('The quotes that open here are not closed.', { column: start + 1, length: 1 })
  }

  const bare = (stopsAt?: string): string => {
    const start = position
    while (!isOver() && !endsWord(peek()) && peek() !== stopsAt) position++
    return text.slice(start, position)
  }

  const endOfTerm = (start: number): void => {
    if (!isOver() && !isSpace(peek()) && peek() !== '(' && peek() !== ')') {
      throw new QueryError(
        'A space is missing here, or all of it belongs in one pair of quotes.',
        at(start, position + 1),
      )
    }
  }

  const value = (start: number): Value | null => {
    const from = position
    const isQuoted = peek() === '"'
    const written = isQuoted ? quoted() : bare()
    if (written === '' && !isQuoted) return null
    endOfTerm(start)
    return { text: written, isQuoted, at: at(from) }
  }

  /** The values in parentheses behind a colon: any of them will do. Spaces, commas and "or" stand between them. */
  const list = (field: string): Value[] => {
    const opening = position++
    const values: Value[] = []
    let hasOr = false
    for (;;) {
      skipSpace()
      if (isOver()) throw new QueryError('The parenthesis that opens here is not closed.', at(opening, opening + 1))
      const from = position
      if (peek() === ')') {
        if (values.length === 0 || hasOr)
          throw new QueryError(`A value of "${field}" is missing here.`, at(from, from + 1))
        position++
        return values
      }
      if (peek() === '(')
        throw new QueryError(`A list of values has no parentheses of its own in it.`, at(from, from + 1))
      const next = value(from)
      if (next === null) throw new QueryError(`A value of "${field}" is missing here.`, at(from, from + 1))
      const word = next.isQuoted ? '' : next.text.toLowerCase()
      if (word === 'and' || word === 'not') {
        throw new QueryError(
          `"${word}" can't stand in a list of values: any of them will do. Write ${field}:a ${word} ${field}:b.`,
          next.at,
        )
      }
      if (word === 'or' && values.length > 0 && !hasOr) {
        hasOr = true
        continue
      }
      hasOr = false
      // "a, b" and "a,b" are both how people write lists; a comma in a value asks for quotes.
      if (next.isQuoted) values.push(next)
      else {
        for (const part of next.text.matchAll(/[^,]+/g))
          values.push({ text: part[0], isQuoted: false, at: at(from + part.index, from + part.index + part[0].length) })
      }
    }
  }

  const term = (): Token => {
    const start = position
    const free = (found: Value): Token => ({
      kind: 'term',
      field: null,
      fieldAt: at(start, start),
      tagKey: null,
      values: [found],
      at: at(start),
    })
    if (peek() === '"') {
      const literal = quoted()
      endOfTerm(start)
      return free({ text: literal, isQuoted: true, at: at(start) })
    }
    // An ARN is pasted more often than anything else; nobody has to quote it for its colons.
    if (text.startsWith('arn:', position)) {
      const arn = bare()
      endOfTerm(start)
      return { ...free({ text: arn, isQuoted: false, at: at(start) }), field: 'id' } as Token // a term, with its field
    }
    const word = bare(':')
    let tagKey: string | null = null
    if (word.toLowerCase() === 'tag.' && peek() === '"') {
      tagKey = quoted()
      if (peek() !== ':') throw new QueryError('A colon and a value are missing after the key of the tag.', at(start))
    } else if (peek() !== ':') {
      endOfTerm(start)
      const keyword = word.toLowerCase()
      if (keyword === 'and' || keyword === 'or' || keyword === 'not') return { kind: keyword, at: at(start) }
      return free({ text: word, isQuoted: false, at: at(start) })
    } else if (/^tag\./i.test(word)) tagKey = word.slice(4)
    const fieldAt = at(start)
    const field = text.slice(start, position)
    position++
    if (peek() === '(') {
      const values = list(field)
      return { kind: 'term', field, fieldAt, tagKey, values, at: at(start) }
    }
    const single = value(start)
    if (single === null) throw new QueryError(`A value is missing after "${field}:".`, at(start))
    return { kind: 'term', field, fieldAt, tagKey, values: [single], at: at(start) }
  }

  while (!isOver()) {
    const char = peek()
    if (isSpace(char)) position++
    else if (char === '(' || char === ')' || char === '-') {
      position++
      tokens.push({ kind: char, at: at(position - 1) })
    } else tokens.push(term())
  }
  tokens.push({ kind: 'end', at: { column: text.length + 1, length: 0 } })
  return tokens
}
