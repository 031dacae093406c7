import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { policySetTextToParts, policyToJson, validate } from '@cedar-policy/cedar-wasm/nodejs'
import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { actions, actionSchema } from '#contracts/role.ts'
import type { Action } from '#contracts/role.ts'
import { errors } from '../errors.ts'

/** One policy, in Cedar's text and JSON forms, with what its annotations say. */
export type CedarPolicy = {
  id: string
  description: string
  /** What must hold besides the role, in words; null when nothing. */
  condition: string | null
  effect: 'permit' | 'forbid'
  actions: Action[]
  text: string
  json: PolicyJson
}

export type Policies = { version: string; schema: string; policies: CedarPolicy[] }

const folder = new URL('./policies/', import.meta.url)
const files = ['everyone', 'viewer', 'operator', 'approver', 'auditor', 'admin']

/** Reads the built-in policies and validates them strictly against the schema, so that a typo fails the start. */
export const loadPolicies = async (): Promise<Policies> => {
  const schema = await readFile(new URL('schema.cedarschema', folder), 'utf8')
  const texts = await Promise.all(files.map((file) => readFile(new URL(`${file}.cedar`, folder), 'utf8')))
  const policies = texts.flatMap((text, index) => parse(text, `${files[index]}.cedar`))
  const checked = validate({ schema, policies: { staticPolicies: textsById(policies) } })
  const problems = checked.type === 'failure' ? checked.errors : checked.validationErrors.map(({ error }) => error)
  if (problems.length > 0) throw invalid('The built-in policies', problems)
  const version = createHash('sha256').update(schema).update(texts.join('\n')).digest('hex').slice(0, 16)
  return { version, schema, policies }
}

export const textsById = (policies: readonly CedarPolicy[]): Record<string, string> =>
  Object.fromEntries(policies.map((policy) => [policy.id, policy.text]))

const parse = (text: string, file: string): CedarPolicy[] => {
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure') throw invalid(file, parts.errors)
  return parts.policies.map((policyText) => {
    const answer = policyToJson(policyText)
    if (answer.type === 'failure') throw invalid(file, answer.errors)
    const { json } = answer
    const { id, description, condition } = json.annotations ?? {}
    if (!id || !description) throw errors.invalid_policy(`A policy in ${file} lacks @id or @description.`)
    return {
      id,
      description,
      condition: condition ?? null,
      effect: json.effect,
      actions: actionsOf(json),
      text: policyText,
      json,
    }
  })
}

const actionsOf = ({ action }: PolicyJson): Action[] => {
  if (action.op === 'All') return [...actions]
  const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : []
  return entities.map((entity) => actionSchema.parse('__entity' in entity ? entity.__entity.id : entity.id))
}

const invalid = (what: string, problems: DetailedError[]): Error =>
  errors.invalid_policy(
    `${what}: ${problems.map(({ message, help }) => (help ? `${message} (${help})` : message)).join('; ')}`,
  )
