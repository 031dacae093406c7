import type { Access, AccessResource } from '#security/access.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import type { Cloud } from '#contracts/resource.ts'
import type { Risk } from '#contracts/task.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Candidate } from './read-live.ts'

/** What rights on a target can depend on; kept with the plan, because rights are checked again when it is filed. */
export type Attributes = {
  id: string
  account: string
  region: string
  cloud: Cloud
  tags: Record<string, string>
  isProduction: boolean
}

export const attributesOf = ({ live, account, region }: Candidate, isProduction: boolean): Attributes => ({
  id: live.id,
  account: account.id,
  region,
  cloud: account.cloud,
  tags: live.tags,
  isProduction,
})

/** Decisions between two turns of the event loop: thousands of them must not stop everyone else's requests. */
const decisionsPerTurn = 200

/** Denied targets whose ids are kept in the audit entry; their number is always there. */
const recordedDenials = 1000

/** Who decides about targets, and where denials are put on record. */
export type Rights = { access: Pick<Access, 'decide'>; sql: Sql }

export type Question = {
  principal: Principal
  /** `task.create` unless said otherwise. */
  action?: 'task.create' | 'task.breakGlass'
  operation: string
  risk: Risk
  requestId: string | null
}

/** The targets that this principal may not use the operation on, with the reasons given. Denials are audited, as one entry. */
export const deniedTargets = async (
  { access, sql }: Rights,
  { principal, action = 'task.create', operation, risk, requestId }: Question,
  targets: readonly Attributes[],
): Promise<Map<string, string>> => {
  const denied = new Map<string, string>()
  for (const [index, target] of targets.entries()) {
    if (index > 0 && index % decisionsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve))
    const resource: AccessResource = { type: 'Resource', ...target, operation, risk }
    const decision = await access.decide(principal, action, resource)
    if (!decision.allowed)
      denied.set(target.id, [`you are not allowed to use ${operation} on it`, ...decision.reasons].join(': '))
  }
  if (denied.size > 0) {
    const details = {
      risk,
      denied: denied.size,
      targets: [...denied.keys()].slice(0, recordedDenials),
      reasons: [...new Set(denied.values())],
    }
    await appendAudit(sql, [
      {
        actor: actorOf(principal),
        action,
        subject: { type: 'Operation', id: operation },
        outcome: 'denied',
        requestId,
        details,
      },
    ])
  }
  return denied
}
