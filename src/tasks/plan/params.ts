import type { z } from 'zod'
import type { FieldError } from '#contracts/problem.ts'
import { errors } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { requireStorable } from './text.ts'

/** Thousands of things can be wrong with a list of thousands; the first ones say how. */
const mostTold = 50

/** The parameters with their defaults, as the operation wants them. Throws `invalid_params` with one error per field. */
export const parseParams = (operation: Operation, given: unknown): Record<string, unknown> => {
  requireStorable(given, 'params')
  const parsed = operation.params.safeParse(given ?? {})
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.flatMap((issue) => fieldErrors(issue, given))
  const told = fields.slice(0, mostTold)
  const more = fields.length > told.length ? ` And ${fields.length - told.length} more.` : ''
  throw errors.invalid_params(
    `The parameters do not fit ${operation.name}: ${told.map(({ path, message }) => `${path}: ${message}`).join(' ')}${more}`,
    { errors: told },
  )
}

const fieldErrors = (issue: z.core.$ZodIssue, given: unknown): FieldError[] => {
  const path = ['params', ...issue.path.map(String)]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'There is no such parameter.' }))
  }
  const value = shortened(issue.path.reduce<unknown>(fieldOf, given))
  // The reason why a record's key is refused is one level down.
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return [{ path: path.join('.'), message, ...(value === undefined ? {} : { value }) }]
}

const fieldOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined

/** A value that is quoted back: scalars only, and not a whole page of them. */
const shortened = (value: unknown): unknown => {
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 200)}…` : value
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : undefined
}
