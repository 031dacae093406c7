import { readFileSync } from 'node:fs'
import { messageOf } from '#platform/app-error.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-codes.ts'

type Schema = { type?: unknown; properties?: Record<string, Schema>; additionalProperties?: unknown; anyOf?: Schema[] }

/**
 * The parameters of an operation from `--params JSON` (or `--params @FILE`) and `--param key=value` (which wins). `key` may be a path with dots
 * ("tags.env=dev"). A value is read as JSON where the operation's schema doesn't ask for text, else as text.
 */
export const paramsFrom = (
  given: { params?: string; param?: string[] },
  schema: Schema | undefined,
): Record<string, unknown> => {
  const params = given.params === undefined ? {} : objectIn(textOf(given.params))
  for (const pair of given.param ?? []) {
    const at = pair.indexOf('=')
    if (at < 1) throw new CliError(`--param "${pair}" is not "name=value".`, { exitCode: exitCodes.usage })
    const path = pair.slice(0, at).split('.')
    setAt(params, path, valueOf(pair.slice(at + 1), schemaAt(schema, path)))
  }
  return params
}

/** Long ones don't fit on a command line. */
const textOf = (given: string): string => {
  if (!given.startsWith('@')) return given
  try {
    return readFileSync(given.slice(1), 'utf8')
  } catch (error) {
    throw new CliError(`--params ${given} can't be read: ${messageOf(error)}.`, {
      exitCode: exitCodes.usage,
      cause: error,
    })
  }
}

const objectIn = (text: string): Record<string, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CliError(`--params is not JSON: ${messageOf(error)}.`, { exitCode: exitCodes.usage, cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CliError('--params is not a JSON object, for example {"force": true}.', { exitCode: exitCodes.usage })
  }
  return value as Record<string, unknown> // neither null nor an array, so an object with text keys
}

const schemaAt = (schema: Schema | undefined, path: readonly string[]): Schema | undefined => {
  let at = schema
  for (const key of path) {
    const rest =
      typeof at?.additionalProperties === 'object' && at.additionalProperties !== null
        ? (at.additionalProperties as Schema)
        : undefined
    at = at?.properties?.[key] ?? rest
  }
  return at
}

const valueOf = (text: string, schema: Schema | undefined): unknown => {
  if (schema?.type === 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const setAt = (params: Record<string, unknown>, path: readonly string[], value: unknown): void => {
  let at = params
  for (const key of path.slice(0, -1)) {
    const next = Object.hasOwn(at, key) ? at[key] : undefined
    const inner = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {}
    define(at, key, inner)
    at = inner
  }
  define(at, path.at(-1) ?? '', value)
}

/** Also a key such as `__proto__` is just a key. */
const define = (object: object, key: string, value: unknown): void =>
  void Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
