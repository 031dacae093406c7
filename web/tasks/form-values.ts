import type { Field, FieldValue, FieldValues, Pair } from './schema-form.ts'

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
      if (!Number.isFinite(number) || (field.isInteger && !Number.isInteger(number)))
        return field.isInteger ? 'A whole number is needed.' : 'A number is needed.'
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

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

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
  if (field.kind === 'choice') return field.values[field.options.indexOf(text)]
  return field.kind === 'json' ? JSON.parse(text) : text
}
