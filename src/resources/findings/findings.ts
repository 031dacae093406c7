import type { Finding, Findings, FindingsQuery } from '#contracts/findings.ts'
import { findingKinds } from '#contracts/findings.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import { decodeCursor, pageOf, totalOf } from '#platform/http/paging.ts'
import { select } from '../read/filter.ts'
import type { Readable } from '../read/readable.ts'
import { countFindings, listFindings } from '../store/findings.ts'
import type { FindingRow, FindingsAfter } from '../store/findings.ts'
import { kindsOfFindings } from './kinds.ts'

export type ReadFindings = (principal: Principal, query: FindingsQuery) => Promise<Findings>

/** What looks unused among what the principal may read, what costs most first. */
export const createFindings = ({ db, readable }: { db: Database; readable: Readable }): ReadFindings => {
  return async (principal, { kind, q, limit, cursor }) => {
    const { where } = select({ q }, await readable.accounts(principal))
    const [rows, counts] = await Promise.all([
      listFindings(db, where, kind, cursor === undefined ? undefined : placeOf(cursor), limit + 1),
      countFindings(db, where),
    ])
    const { page, nextCursor } = pageOf(rows, limit, (row) => [row.sort_usd, row.kind, row.account, row.id])
    const count = counts
      .filter((one) => kind === undefined || one.kind === kind)
      .reduce((sum, one) => sum + one.count, 0)
    return {
      items: page.map(toFinding),
      nextCursor,
      total: totalOf(count),
      kinds: findingKinds.map((each) => {
        const found = counts.find((one) => one.kind === each)
        return { kind: each, count: found?.count ?? 0, monthlyUsd: cents(found?.usd ?? 0) }
      }),
      monthlyUsd: cents(counts.reduce((sum, { usd }) => sum + usd, 0)),
    }
  }
}

const toFinding = ({
  kind,
  id,
  type,
  account,
  region,
  name,
  state,
  tags,
  usd,
  since,
  summary,
}: FindingRow): Finding => ({
  kind,
  resource: { id, type, account, region, name, state, tags },
  monthlyUsd: usd === null ? null : cents(usd),
  since: since?.toISOString() ?? null,
  evidence: kindsOfFindings[kind].evidence({ summary }),
  suggestion: kindsOfFindings[kind].suggestion ?? null,
})

const placeOf = (cursor: string): FindingsAfter => {
  const [usd = '', kind = '', account = '', id = ''] = decodeCursor(cursor, 4)
  if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(usd) || !Number.isFinite(Number(usd)))
    throw platformErrors.invalid_cursor(
      `The cursor "${cursor.slice(0, 40)}" is not one of this list. Begin again without one.`,
    )
  return { usd, kind, account, id }
}

const cents = (usd: number): number => Math.round(usd * 100) / 100
