import type { Principal } from '#contracts/principal.ts'
import type { Sql } from '#platform/db/database.ts'
import { actorOf, appendAudit } from '#security/audit.ts'

export type Asker = { principal: Principal; requestId: string }

/** The audit entry of something that a person did to a schedule. */
export const recordSchedule = (
  tx: Sql,
  { principal, requestId }: Asker,
  verb: string,
  row: { id: string; name: string },
  details: Record<string, unknown> = {},
): Promise<void> =>
  appendAudit(tx, [
    {
      actor: actorOf(principal),
      action: `schedule.${verb}`,
      subject: { type: 'Schedule', id: row.id },
      outcome: 'succeeded',
      requestId,
      details: { name: row.name, ...details },
    },
  ])
