import type { Principal } from '#contracts/principal.ts'
import type { Excluded, Image, Risk } from '#contracts/task.ts'
import { errors } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { hasProductionTag } from '../operations/safeguards.ts'
import { changeOf } from './changes.ts'
import type { Desired } from './changes.ts'
import type { Candidate } from './read-live.ts'
import { attributesOf, deniedTargets } from './rights.ts'
import type { Attributes, Rights } from './rights.ts'
import { riskOfPlan } from './risk.ts'

/** A target that will be worked on. */
export type Selected = Candidate & {
  after: Image
  risk: Risk
  attributes: Attributes
  /** What hangs on it; beside what the operation itself warns of. */
  warnings?: string[]
}

/** Denied targets that are named one by one in an answer of 403. */
const namedDenials = 50

/**
 * Keeps the candidates that the principal may work on and that no guard speaks against; the others are excluded, each
 * with its reason. Rights are decided on the live tags. Throws `targets_denied` when every candidate is denied.
 */
export const selectTargets = async (request: {
  rights: Rights
  principal: Principal
  requestId: string | null
  operation: Operation
  params: Record<string, unknown>
  desired: Desired | undefined
  candidates: readonly Candidate[]
}): Promise<{ selected: Selected[]; excluded: Excluded[] }> => {
  const { rights, principal, requestId, operation, params, desired, candidates } = request
  const excluded: Excluded[] = []
  const judged = candidates.map((candidate) => {
    const { live, account } = candidate
    const change = changeOf(operation, live, params, desired)
    const risk = ('after' in change && operation.riskOf?.(live, change.after, params)) || operation.risk
    const isProduction = account.isProduction || hasProductionTag(live.tags)
    return { candidate, change, risk, attributes: attributesOf(candidate, isProduction) }
  })

  const risk = riskOfPlan(judged.map((one) => one.risk))
  const question = { principal, operation: operation.name, risk, requestId }
  const denied = await deniedTargets(
    rights,
    question,
    judged.map(({ attributes }) => attributes),
  )
  if (denied.size > 0 && denied.size === candidates.length) throw allDenied(operation.name, denied)

  const selected: Selected[] = []
  for (const { candidate, change, risk: own, attributes } of judged) {
    const { live } = candidate
    const guarded = operation.guard(live, params, 'after' in change ? change.after : undefined)
    const why = denied.get(live.id) ?? guarded ?? ('why' in change ? change.why : null)
    if (why !== null) excluded.push({ id: live.id, why })
    else if ('after' in change) selected.push({ ...candidate, after: change.after, risk: own, attributes })
  }
  return { selected: selected.sort((a, b) => (a.live.id < b.live.id ? -1 : 1)), excluded }
}

export const allDenied = (operation: string, denied: ReadonlyMap<string, string>) =>
  errors.targets_denied(
    `You are not allowed to use ${operation} on ${denied.size === 1 ? 'this target' : `any of these ${denied.size} targets`}.`,
    {
      errors: [...denied].slice(0, namedDenials).map(([id, why]) => ({ path: 'targets', message: why, value: id })),
    },
  )
