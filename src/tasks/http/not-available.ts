import { errors } from '../errors.ts'

/**
 * Refuses, by name, the fields of the API that this version doesn't act on: a wave or a budget that is silently
 * ignored would be worse than an error. Values that ask for nothing pass.
 */
export const refuseUnavailable = (body: { waves?: unknown; errorBudget?: unknown; runAfter?: unknown }): void => {
  const asked = [
    ...(body.waves === undefined || body.waves === 'none' ? [] : ['waves']),
    ...(body.errorBudget === undefined || body.errorBudget === null ? [] : ['errorBudget']),
    ...(body.runAfter === undefined || body.runAfter === null ? [] : ['runAfter']),
  ]
  if (asked.length === 0) return
  throw errors.not_available(
    `${asked.join(', ')}: not available in this version. Leave ${asked.length === 1 ? 'it' : 'them'} out.`,
    {
      errors: asked.map((field) => ({ path: field, message: 'Not available in this version.' })),
    },
  )
}
