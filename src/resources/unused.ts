import type { FindingKind } from '#contracts/findings.ts'
import type { Sql } from '#platform/db/database.ts'
import { listFindings } from './store/findings.ts'

/** What nothing uses: of each of these kinds what costs most. */
export type Unused = {
  kind: UnusedKind
  id: string
  awsId: string
  name: string | null
  summary: Record<string, unknown>
  monthlyUsd: number | null
  since: Date | null
}
export type UnusedKind = Extract<FindingKind, 'unattached-volume' | 'unassociated-address' | 'orphaned-snapshot'>

const kinds: readonly UnusedKind[] = ['unattached-volume', 'unassociated-address', 'orphaned-snapshot']

export const readUnused = async (
  sql: Sql,
  { account, region, limit }: { account: string; region: string; limit: number },
): Promise<Unused[]> => {
  const where = { text: 'r.account = $1 and r.region = $2', values: [account, region] }
  const found: Unused[] = []
  for (const kind of kinds)
    for (const { id, name, summary, usd, since } of await listFindings(sql, where, kind, undefined, limit))
      found.push({ kind, id, awsId: id.slice(id.lastIndexOf('/') + 1), name, summary, monthlyUsd: usd, since })
  return found
}
