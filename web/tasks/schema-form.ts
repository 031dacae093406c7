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
    /** `values` are what is sent for the options, in the same order. */
    | { kind: 'choice'; options: string[]; values: unknown[]; initial: string }
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
  if (only?.length === 1 && only[0] !== undefined) {
    const isNullable = only.length < (schema.anyOf?.length ?? 0)
    const inner = { ...only[0], default: schema.default }
    // "None of these" is a choice of its own where it has to be made.
    return fieldOf(
      isNullable && inner.enum && common.isRequired ? { ...inner, enum: [...inner.enum, null] } : inner,
      common,
    )
  }
  const text = schema.default === undefined || schema.default === null ? '' : String(schema.default)
  const values = schema.enum?.filter((each) => typeof each === 'string' || typeof each === 'number' || each === null)
  if (values !== undefined && values.length > 0)
    return { ...common, kind: 'choice', options: values.map(optionWords), values, initial: text }
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
  return {
    ...common,
    description: describeJson(schema, common),
    kind: 'json',
    initial: schema.default === undefined ? '' : JSON.stringify(schema.default),
  }
}

/** What a list of objects needs, since its input is mere text. */
const describeJson = ({ items }: JsonSchema, { description }: Common): string => {
  if (items?.properties === undefined) return description
  const required = items.required ?? []
  const others = Object.keys(items.properties).filter((name) => !required.includes(name))
  const needed = `A JSON list; each entry has ${required.join(', ')}`
  return `${description} ${needed}${others.length === 0 ? '' : `, and may have ${others.join(', ')}`}.`.trim()
}

const optionWords = (value: unknown): string => (value === null ? 'none' : String(value))

export const initialValues = (fields: readonly Field[]): FieldValues =>
  Object.fromEntries(fields.map(({ name, initial }) => [name, initial]))
