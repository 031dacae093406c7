import { errors } from '../errors.ts'
import { messageOf } from '../app-error.ts'
import type { FieldError } from '#contracts/problem.ts'
import type { Setting } from './setting.ts'
import { roles, settings } from './settings.ts'
import type { Config } from './settings.ts'

type Environment = Record<string, string | undefined>

const all: [string, Setting<unknown>][] = Object.entries(settings)

/** An empty value is as good as none: many deployment tools can't leave a name out. */
const given = (env: Environment, name: string): string | undefined => (env[name] === '' ? undefined : env[name])

/**
 * Reads and checks the environment. Reports everything that is wrong at once, with the name, the value (unless it is a
 * secret) and what would be right. Throws `invalid_configuration`.
 */
export const readConfig = (env: Environment): Config => {
  const problems: FieldError[] = unknownNames(env)
  const values: Record<string, unknown> = {}
  for (const [key, setting] of all) {
    const text = given(env, setting.name) ?? setting.default
    if (text === undefined) continue
    try {
      values[key] = setting.parse(text)
    } catch (error) {
      problems.push({ path: setting.name, message: messageOf(error), ...(setting.isSecret ? {} : { value: text }) })
    }
  }
  // Every key was parsed by its own setting, or is in `problems`.
  const config = values as Config
  if (problems.length === 0) problems.push(...conflicts(config))
  if (problems.length > 0) {
    const lines = problems.map((p) => `  ${p.path} ${p.message}${p.value === undefined ? '' : ` (it is "${p.value}")`}`)
    throw errors.invalid_configuration(`The configuration can't be used:\n${lines.join('\n')}`, { errors: problems })
  }
  return config
}

/** All settings with what is in force, for `orchestrator config`. Secrets are masked. */
export const describeConfig = (env: Environment) =>
  all.map(([, { name, description, default: standard, isSecret }]) => {
    const value = given(env, name)
    return {
      name,
      description,
      default: standard ?? null,
      value: value === undefined ? (standard ?? null) : isSecret ? '********' : value,
      isSet: value !== undefined,
    }
  })

const unknownNames = (env: Environment): FieldError[] => {
  const known = new Set(all.map(([, setting]) => setting.name))
  return Object.keys(env)
    .filter((name) => name.startsWith('ORCHESTRATOR_') && !known.has(name) && !name.startsWith('ORCHESTRATOR_TEST_'))
    .map((name) => ({ path: name, message: `is not a setting${suggestion(name, known)}` }))
}

const suggestion = (name: string, known: ReadonlySet<string>): string => {
  const near = [...known]
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return near && near.distance <= 4 ? `; did you mean ${near.candidate}?` : '; `orchestrator config` lists all'
}

/** Levenshtein, two rows. */
const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      // Both indexes are within rows of b.length + 1.
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    previous = row
  }
  return previous[b.length]!
}

/** Addresses that only programs of the same machine reach. */
export const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1'])

/** Settings that are fine one by one and can't go together. */
const conflicts = (config: Config): FieldError[] => {
  const found: FieldError[] = []
  const isSplit = config.role.length < roles.length
  if (isSplit && config.databaseUrl === undefined) {
    found.push({ path: 'DATABASE_URL', message: 'is needed where roles are split: all processes share one PostgreSQL' })
  }
  if (isSplit && config.masterKey === undefined) {
    found.push({
      path: 'ORCHESTRATOR_MASTER_KEY',
      message: 'is needed where roles are split: all processes share one key',
    })
  }
  if (
    !loopback.has(config.host) &&
    config.tls === 'off' &&
    config.trustedProxies === undefined &&
    config.role.includes('gateway')
  ) {
    found.push({
      path: 'ORCHESTRATOR_HOST',
      message:
        'is not a loopback address: set ORCHESTRATOR_TLS, or name the proxy that ends TLS in ORCHESTRATOR_TRUSTED_PROXIES, or use 127.0.0.1',
      value: config.host,
    })
  }
  return found
}
