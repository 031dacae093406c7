import { initialValues } from '../tasks/schema-form.ts'
import type { Field, FieldValue, FieldValues } from '../tasks/schema-form.ts'

/** The parameters of a schedule as the inputs of their operation's form have them. */
export const valuesOf = (fields: readonly Field[], params: Record<string, unknown>): FieldValues => {
  const initial = initialValues(fields)
  return Object.fromEntries(
    fields.map((field) => [field.name, valueOf(field, params[field.name]) ?? initial[field.name] ?? '']),
  )
}

const valueOf = (field: Field, value: unknown): FieldValue | undefined => {
  if (value === undefined || value === null) return undefined
  switch (field.kind) {
    case 'toggle':
      return value === true
    case 'texts':
      return Array.isArray(value) ? value.map(String).join('\n') : undefined
    case 'pairs':
      return typeof value === 'object'
        ? Object.entries(value).map(([key, one]) => ({ key, value: String(one) }))
        : undefined
    case 'json':
      return JSON.stringify(value, null, 2)
    case 'choice':
    case 'number':
    case 'text':
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}
