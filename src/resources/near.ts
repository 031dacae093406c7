import type { Sql } from '#platform/db/database.ts'
import { neighboursOf } from './graph/neighbours.ts'
import type { Node } from './graph/neighbours.ts'
import { isShared } from './graph/relations.ts'
import { readMany } from './store/read.ts'

/** A resource that is related to another one, and by which way: what lies between, then itself. */
export type Near = { id: string; path: { kind: string; id: string; name: string | null; type: string }[] }

/** Neighbours of a resource in one direction: what has more is no neighbourhood. */
const mostOfEach = 50

/**
 * What lies within one or two relations of resources of an account, the nearest first. The way does not go on from what half of an
 * account hangs on (networks, images, roles).
 */
export const readNear = async (
  sql: Sql,
  account: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Near[]>> => {
  const roots = (await readMany(sql, [account], ids)).filter(({ id }) => ids.includes(id))
  const near = new Map<string, Map<string, Near>>(roots.map(({ id }) => [id, new Map()]))
  // By which resource the roots that lead to it are known, with the way there.
  let ways = new Map<string, { root: string; path: Near['path'] }[]>(
    roots.map(({ id }) => [id, [{ root: id, path: [] }]]),
  )
  let edge: Node[] = roots
  for (let step = 1; step <= 2 && edge.length > 0; step++) {
    const { neighbours } = await neighboursOf(sql, [account], edge, mostOfEach)
    const next = new Map<string, { root: string; path: Near['path'] }[]>()
    const nodes = new Map<string, Node>()
    for (const { from, kind, row } of neighbours) {
      if (row === null) continue
      for (const { root, path } of ways.get(from) ?? []) {
        const own = near.get(root)
        if (own === undefined || root === row.id || own.has(row.id)) continue
        const way = [...path, { kind, id: row.id, name: row.name, type: row.type }]
        own.set(row.id, { id: row.id, path: way })
        if (isShared(row.type)) continue
        nodes.set(row.id, row)
        next.set(row.id, [...(next.get(row.id) ?? []), { root, path: way }])
      }
    }
    ways = next
    edge = [...nodes.values()]
  }
  return new Map([...near].map(([id, own]) => [id, [...own.values()]]))
}
