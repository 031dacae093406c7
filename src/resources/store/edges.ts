import type { Sql } from '#platform/db/database.ts'
import type { Edge } from '../graph/edges.ts'

/**
 * Makes the edges of these resources what they are now: all of one account, Region and type, in the transaction that writes
 * their rows.
 */
export const replaceEdges = async (
  sql: Sql,
  group: { account: string; region: string; type: string },
  ids: readonly string[],
  edges: readonly (Edge & { from: string })[],
): Promise<void> => {
  await sql.query({
    // Without a name, as the hashes (write.ts).
    text: `with x as (
        select x."from", x.kind, x."toType", x."to"
        from jsonb_to_recordset($5::jsonb) as x("from" text, kind text, "toType" text, "to" text)),
      gone as (
        delete from resource_edges e where e.account = $1 and e.from_id = any($4::text[])
          and not exists (select from x where (x."from", x.kind, x."to") = (e.from_id, e.kind, e.to_ref)))
      insert into resource_edges (account, region, from_id, from_type, kind, to_type, to_ref)
      select $1, $2, x."from", $3, x.kind, x."toType", x."to" from x order by 3, 5, 7
      on conflict do nothing`,
    values: [group.account, group.region, group.type, ids, JSON.stringify(edges)],
  })
}

export type EdgeRow = {
  account: string
  region: string
  from_id: string
  from_type: string
  kind: string
  to_type: string
  to_ref: string
}

/** What these resources refer to, at most so much of each. */
export const edgesFrom = (sql: Sql, account: string, ids: readonly string[], mostOfEach: number): Promise<EdgeRow[]> =>
  sql.query<EdgeRow>({
    name: 'edges.from',
    text: `select e.* from unnest($2::text[]) as x(id)
      cross join lateral (select account, region, from_id, from_type, kind, to_type, to_ref from resource_edges
        where account = $1 and from_id = x.id order by kind, to_ref limit $3) e`,
    values: [account, ids, mostOfEach],
  })

/**
 * What refers to these, at most so much of each. Names are meant within account and Region (`isUnique` false), ids and ARNs
 * anywhere.
 */
export const edgesTo = (
  sql: Sql,
  accounts: readonly string[],
  targets: readonly { ref: string; type: string; account: string; region: string; isUnique: boolean }[],
  mostOfEach: number,
): Promise<EdgeRow[]> =>
  sql.query<EdgeRow>({
    name: 'edges.to',
    text: `select e.* from jsonb_to_recordset($2::jsonb) as x(ref text, type text, account text, region text, "isUnique" boolean)
      cross join lateral (select account, region, from_id, from_type, kind, to_type, to_ref from resource_edges
        where to_ref = x.ref and account = any($1::text[])
          and (x."isUnique" or (to_type = x.type and account = x.account and (region = x.region or x.region = 'global')))
        order by from_id limit $3) e`,
    values: [accounts, JSON.stringify(targets), mostOfEach],
  })
