import { QueryError } from './ast.ts'
import type { At, Pattern } from './ast.ts'

export type Token = { at: At } & (
  | { kind: '(' | ')' | '-' | 'and' | 'or' | 'not' | 'end' }
  /** `field` is what stands before the colon, null for free text; `tagKey` is set for `tag.<key>`. */
  | { kind: 'term'; field: string | null; tagKey: string | null; pattern: Pattern }
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

  const value = (start: number, field: string): Pattern => {
    if (peek() === '"') {
      const literal = quoted()
      endOfTerm(start)
      return [literal]
    }
    const word = bare()
    if (word === '') throw new QueryError(`A value is missing after "${field}:".`, at(start))
    endOfTerm(start)
    return word.split('*')
  }

  const term = (): Token => {
    const start = position
    if (peek() === '"') {
      const literal = quoted()
      endOfTerm(start)
      return { kind: 'term', field: null, tagKey: null, pattern: [literal], at: at(start) }
    }
    // An ARN is pasted more often than anything else; nobody has to quote it for its colons.
    if (text.startsWith('arn:', position)) {
      const pattern = bare().split('*')
      endOfTerm(start)
      return { kind: 'term', field: 'id', tagKey: null, pattern, at: at(start) }
    }
    const word = bare(':')
    if (word.toLowerCase() === 'tag.' && peek() === '"') {
      const tagKey = quoted()
      if (peek() !== ':') throw new QueryError('A colon and a value are missing after the key of the tag.', at(start))
      position++
      return { kind: 'term', field: 'tag', tagKey, pattern: value(start, `tag."${tagKey}"`), at: at(start) }
    }
    if (peek() !== ':') {
      endOfTerm(start)
      const keyword = word.toLowerCase()
      if (keyword === 'and' || keyword === 'or' || keyword === 'not') return { kind: keyword, at: at(start) }
      return { kind: 'term', field: null, tagKey: null, pattern: word.split('*'), at: at(start) }
    }
    position++
    const isTag = /^tag\./i.test(word)
    const pattern = value(start, word)
    return { kind: 'term', field: isTag ? 'tag' : word, tagKey: isTag ? word.slice(4) : null, pattern, at: at(start) }
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
