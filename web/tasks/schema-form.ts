import { fieldWords } from '../design/words.ts'

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

const typeOf = (schema: JsonSchema): string | undefined =>
  Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type

/** The inputs for an operation's parameters, in the order of the schema. */
export const fieldsOf = (schema: JsonSchema): Field[] =>
  Object.entries(schema.properties ?? {}).map(([name, property]) =>
    fieldOf(property, {
      name,
      label: property.title ?? fieldWords(name),
      description: property.description ?? '',
      isRequired: (schema.required ?? []).includes(name) && property.default === undefined,
    }),
  )

const fieldOf = (schema: JsonSchema, common: Common): Field => {
  const only = schema.anyOf?.filter(({ type }) => type !== 'null')
  if (only?.length === 1 && only[0] !== undefined) return fieldOf({ ...only[0], default: schema.default }, common)
  const text = schema.default === undefined || schema.default === null ? '' : String(schema.default)
  const options = schema.enum?.filter((value) => typeof value === 'string' || typeof value === 'number')
  if (options !== undefined && options.length > 0)
    return { ...common, kind: 'choice', options: options.map(String), initial: text }
  switch (typeOf(schema)) {
    case 'boolean':
      return { ...common, kind: 'toggle', initial: schema.default === true }
    case 'integer':
    case 'number':
      return {
        ...common,
        kind: 'number',
        isInteger: typeOf(schema) === 'integer',
        minimum: schema.minimum ?? null,
        maximum: schema.maximum ?? null,
        initial: text,
      }
    case 'string':
      return {
        ...common,
        kind: 'text',
        minLength: schema.minLength ?? 0,
        maxLength: schema.maxLength ?? null,
        pattern: schema.pattern ?? null,
        initial: text,
      }
    case 'array':
      if (schema.items !== undefined && typeOf(schema.items) === 'string')
        return { ...common, kind: 'texts', most: schema.maxItems ?? null, initial: '' }
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

export const initialValues = (fields: readonly Field[]): FieldValues =>
  Object.fromEntries(fields.map(({ name, initial }) => [name, initial]))
