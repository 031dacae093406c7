/** The part of JSON Schema that parameters of operations are written in. */
export type JsonSchema = {
  type?: string | string[]
  title?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  minProperties?: number
  maxProperties?: number
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  propertyNames?: JsonSchema
  anyOf?: JsonSchema[]
}

type Common = { name: string; label: string; description: string; isRequired: boolean }
/** One input of the form. `json` is the way out for shapes that have no input of their own. */
export type Field = Common &
  (
    | { kind: 'toggle'; initial: boolean }
    | { kind: 'choice'; options: string[]; initial: string }
    | { kind: 'number'; isInteger: boolean; minimum: number | null; maximum: number | null; initial: string }
    | { kind: 'text'; minLength: number; maxLength: number | null; pattern: string | null; initial: string }
    | { kind: 'texts'; most: number | null; initial: string }
    | { kind: 'pairs'; most: number | null; initial: Pair[] }
    | { kind: 'json'; initial: string }
  )
export type Pair = { key: string; value: string }
export type FieldValue = boolean | string | Pair[]
export type FieldValues = Record<string, FieldValue>

const label = (name: string): string => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const typeOf = (schema: JsonSchema): string | undefined =>
  Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type

/** The inputs for an operation's parameters, in the order of the schema. */
export const fieldsOf = (schema: JsonSchema): Field[] =>
  Object.entries(schema.properties ?? {}).map(([name, property]) =>
    fieldOf(property, {
      name,
      label: property.title ?? label(name),
      description: property.description ?? '',
      isRequired: (schema.required ?? []).includes(name) && property.default === undefined,
    }),
  )

const fieldOf = (schema: JsonSchema, common: Common): Field => {
  const only = schema.anyOf?.filter(({ type }) => type !== 'null')
  if (only?.length === 1 && only[0] !== undefined) return fieldOf({ ...only[0], default: schema.default }, common)
  const text = schema.default === undefined || schema.default === null ? '' : String(schema.default)
  const options = schema.enum?.filter((value) => typeof value === 'string' || typeof value === 'number')
  if (options !== undefined && options.length > 0) return { ...common, kind: 'choice', options: options.map(String), initial: text }
  switch (typeOf(schema)) {
    case 'boolean':
      return { ...common, kind: 'toggle', initial: schema.default === true }
    case 'integer':
    case 'number':
      return { ...common, kind: 'number', isInteger: typeOf(schema) === 'integer', minimum: schema.minimum ?? null, maximum: schema.maximum ?? null, initial: text }
    case 'string':
      return { ...common, kind: 'text', minLength: schema.minLength ?? 0, maxLength: schema.maxLength ?? null, pattern: schema.pattern ?? null, initial: text }
    case 'array':
      if (schema.items !== undefined && typeOf(schema.items) === 'string') return { ...common, kind: 'texts', most: schema.maxItems ?? null, initial: '' }
      break
    case 'object':
      if (typeof schema.additionalProperties === 'object' && typeOf(schema.additionalProperties) === 'string') {
        return { ...common, kind: 'pairs', most: schema.maxProperties ?? null, initial: [{ key: '', value: '' }] }
      }
      break
    default:
  }
  return { ...common, kind: 'json', initial: schema.default === undefined ? '' : JSON.stringify(schema.default) }
}

export const initialValues = (fields: readonly Field[]): FieldValues => Object.fromEntries(fields.map(({ name, initial }) => [name, initial]))

/** What is wrong with a value, to be said under its input; empty when nothing is. The server decides in the end. */
export const fieldProblem = (field: Field, value: FieldValue | undefined): string => {
  switch (field.kind) {
    case 'toggle':
      return ''
    case 'pairs':
      return pairsProblem(field, Array.isArray(value) ? value : [])
    default:
      return textProblem(field, typeof value === 'string' ? value : '')
  }
}

const pairsProblem = (field: Field & { kind: 'pairs' }, pairs: Pair[]): string => {
  const keys = pairs.map(({ key }) => key.trim()).filter((key) => key !== '')
  if (keys.length === 0) return field.isRequired ? 'Give at least one.' : ''
  if (new Set(keys).size !== keys.length) return 'Each key can be given once.'
  return field.most !== null && keys.length > field.most ? `At most ${field.most}.` : ''
}

const textProblem = (field: Exclude<Field, { kind: 'toggle' | 'pairs' }>, text: string): string => {
  if (text.trim() === '') return field.isRequired ? 'This is needed.' : ''
  switch (field.kind) {
    case 'number': {
      const number = Number(text)
      if (!Number.isFinite(number) || (field.isInteger && !Number.isInteger(number))) return field.isInteger ? 'A whole number is needed.' : 'A number is needed.'
      if (field.minimum !== null && number < field.minimum) return `At least ${field.minimum}.`
      return field.maximum !== null && number > field.maximum ? `At most ${field.maximum}.` : ''
    }
    case 'text':
      if (text.length < field.minLength) return `At least ${field.minLength} characters.`
      if (field.maxLength !== null && text.length > field.maxLength) return `At most ${field.maxLength} characters.`
      return field.pattern !== null && !matches(field.pattern, text) ? `It has to match ${field.pattern}.` : ''
    case 'texts': {
      const most = field.most
      return most !== null && lines(text).length > most ? `At most ${most} lines.` : ''
    }
    case 'json':
      return isJson(text) ? '' : 'This is not valid JSON.'
    case 'choice':
      return field.options.includes(text) ? '' : 'Choose one of the list.'
  }
}

const lines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter((line) => line !== '')

const matches = (pattern: string, text: string): boolean => {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    // A pattern that this browser can't read is the server's to check.
    return true
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The parameters as they are sent. What was left empty is left out, so that the server's defaults hold. */
export const paramsOf = (fields: readonly Field[], values: FieldValues): Record<string, unknown> =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const value = paramOf(field, values[field.name])
      return value === undefined ? [] : [[field.name, value]]
    }),
  )

const paramOf = (field: Field, value: FieldValue | undefined): unknown => {
  if (field.kind === 'toggle') return value === true
  if (field.kind === 'pairs') {
    const given = (Array.isArray(value) ? value : []).filter(({ key }) => key.trim() !== '')
    return given.length === 0 ? undefined : Object.fromEntries(given.map((pair) => [pair.key.trim(), pair.value]))
  }
  const text = typeof value === 'string' ? value : ''
  if (text.trim() === '') return undefined
  if (field.kind === 'number') return Number(text)
  if (field.kind === 'texts') return lines(text)
  return field.kind === 'json' ? JSON.parse(text) : text
}
