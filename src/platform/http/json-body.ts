import { isUtf8 } from 'node:buffer'
import { errors } from '../errors.ts'
import type { FastifyInstance } from 'fastify'

/** No document of ours is nested deeper than some ten levels; beyond this it is an attack on recursive code. */
const maxDepth = 64

/**
 * Replaces Fastify's body parsers by one for JSON that refuses what would only fail later and deeper: bytes that are not
 * UTF-8 (they would be replaced silently), NUL characters and unpaired surrogates (PostgreSQL refuses both), prototype
 * keys, and nesting that no document of ours has. An empty body is no body, whatever its content type says.
 */
export const useJsonBodies = (
  http: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser' | 'getDefaultJsonParser'>,
): void => {
  const parse = http.getDefaultJsonParser('error', 'error')
  http.removeAllContentTypeParsers()
  http.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined)
    if (!isUtf8(bytes)) return done(errors.invalid_request('The body is not valid UTF-8. Send JSON in UTF-8.'))
    void parse(request, bytes.toString('utf8'), (error, value) => {
      if (error)
        return done(
          errors.invalid_request(`The body is not valid JSON: ${withoutInput(error.message)}.`, { cause: error }),
        )
      const fault = faultIn(value)
      if (fault !== null) return done(errors.invalid_request(`The body ${fault}.`))
      done(null, value)
    })
  })
}

/** V8 quotes the input in its message, and the input may hold a password. */
const withoutInput = (message: string): string => message.replace(/,? ?(\.\.\.)?".*$/s, '').replace(/\.$/, '')

/** What is wrong with a parsed document, or null. Walks without recursion, so that depth can't overflow the stack. */
const faultIn = (document: unknown): string | null => {
  const stack: { value: unknown; depth: number }[] = [{ value: document, depth: 0 }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, depth } = next
    if (typeof value === 'string') {
      const fault = faultInText(value)
      if (fault !== null) return fault
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= maxDepth) return `is nested deeper than ${maxDepth} levels`
      for (const [key, child] of Object.entries(value)) {
        const fault = faultInText(key)
        if (fault !== null) return fault
        if (child !== null && (typeof child === 'object' || typeof child === 'string'))
          stack.push({ value: child, depth: depth + 1 })
      }
    }
  }
  return null
}

const faultInText = (text: string): string | null => {
  if (text.includes('\0')) return 'contains a NUL character (\\u0000), which cannot be stored'
  if (!text.isWellFormed()) return 'contains half of a surrogate pair, which is not valid Unicode'
  return null
}
