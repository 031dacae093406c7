import type { FieldError } from '#contracts/problem.ts'
import { secretKeys } from '../log.ts'

/** A validation error as fastify-type-provider-zod reports it: the zod issue with its path as a JSON pointer. */
export type ValidationIssue = { instancePath: string; message?: string; params?: Record<string, unknown> }

const maxErrors = 50
const maxValueLength = 200
const secretName = new RegExp(`^(${secretKeys.join('|')})$|password|secret|token|credential|private|api.?key`, 'i')

/**
 * The problem's `errors`: where, what, and the value that was given where that helps. Values of fields whose name sounds
 * like a secret are never echoed, neither are whole objects (they may hold one).
 */
export const fieldErrorsOf = (
  issues: readonly ValidationIssue[],
  context: string | undefined,
  input: unknown,
): FieldError[] =>
  issues.slice(0, maxErrors).map((issue) => {
    const keys = issue.instancePath.split('/').filter((key) => key !== '')
    const value = valueAt(input, keys)
    const isSecret = keys.some((key) => secretName.test(key))
    return {
      path: [...prefixOf(context), ...keys].join('.'),
      message: issue.message ?? 'Invalid value',
      ...(isSecret || value === undefined ? {} : { value }),
    }
  })

/** Fields of the body are named as they are; the others say where they stand. */
const prefixOf = (context: string | undefined): string[] => {
  switch (context) {
    case 'querystring':
      return ['query']
    case 'params':
      return ['path']
    case 'headers':
      return ['header']
    default:
      return []
  }
}

/** A number, boolean, null or short text at that path; undefined when there is none or it is something larger. */
const valueAt = (input: unknown, keys: readonly string[]): FieldError['value'] => {
  let value = input
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key] // an object that has the key
  }
  if (typeof value === 'string')
    return value.length > maxValueLength ? `${value.slice(0, maxValueLength).toWellFormed()}…` : value
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : undefined
}

/** One sentence for the problem's `detail`. */
export const summaryOf = (errors: readonly FieldError[]): string => {
  const [first] = errors
  if (first === undefined) return 'The request is malformed.'
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see "errors")` : ''
  return `${first.path === '' ? 'The body' : `"${first.path}"`}: ${first.message.replace(/\.$/, '')}${more}.`
}
