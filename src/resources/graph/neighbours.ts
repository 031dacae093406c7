import type { Sql } from '#platform/db/database.ts'
import { edgesFrom, edgesTo } from '../store/edges.ts'
import { readMany } from '../store/read.ts'
import type { Row } from '../store/row.ts'
import { nounOf } from './edges.ts'

/** A resource as far as it takes to find its neighbours. */
export type Node = Pick<Row, 'id' | 'aws_id' | 'type' | 'account' | 'region'>

/** What stands next to a resource: a row of the inventory, or a reference that leads nowhere. */
export type Neighbour = { from: string; kind: string } & ({ row: Row } | { row: null; id: string; type: string })

/** These ids mean one thing in all of AWS; everything else is a name within its account and Region. */
const uniqueId = /^(?:arn:|(?:i|vol|snap|ami|sg|vpc|subnet|eipalloc|eni|key|lt)-[0-9a-f]{8,})/

/** A role is used by way of an instance profile, which is none of the inventory's resources. */
const passage = 'iam.instance-profile'

type Link = { from: string; kind: string; toType: string; ref: string; account: string; region: string }

/**
 * What these resources refer to and what refers to them, at most so many of each direction; a few more queries than one,
 * however many resources.
 */
export const neighboursOf = async (
  sql: Sql,
  accounts: readonly string[],
  nodes: readonly Node[],
  mostOfEach: number,
): Promise<{ neighbours: Neighbour[]; isCut: boolean }> => {
  const out: Link[] = []
  let isCut = false
  for (const [account, own] of Map.groupBy(nodes, (node) => node.account)) {
    const rows = await edgesFrom(
      sql,
      account,
      own.map(({ id }) => id),
      mostOfEach + 1,
    )
    for (const { from_id, kind, to_type, to_ref, region } of rows)
      out.push({ from: from_id, kind, toType: to_type, ref: to_ref, account, region })
  }
  const referring = await edgesTo(sql, accounts, nodes.flatMap(refsOf), mostOfEach + 1)
  const passages = new Set(out.filter(({ toType }) => toType === passage).map(({ ref }) => ref))
  const through =
    passages.size === 0
      ? []
      : await edgesTo(
          sql,
          accounts,
          [...passages].map((ref) => ({ ref, type: passage, account: '', region: '', isUnique: true })),
          mostOfEach + 1,
        )

  const wanted = new Set([
    ...out.map(({ ref }) => ref),
    ...referring.map(({ from_id }) => from_id),
    ...through.map(({ from_id }) => from_id),
  ])
  const rows = await readMany(sql, accounts, [...wanted])
  const byRef = Map.groupBy(
    [...rows.map((row) => ({ ref: row.id, row })), ...rows.map((row) => ({ ref: row.aws_id, row }))],
    ({ ref }) => ref,
  )
  const resolve = (link: Link): Row | undefined =>
    byRef.get(link.ref)?.find(({ row }) => row.id === link.ref || isMeant(link, row))?.row

  const found = new Map<string, Neighbour>()
  const add = (neighbour: Neighbour): void => {
    const { row, from } = neighbour
    const key = `${from} ${row === null ? `${neighbour.kind} ${neighbour.id}` : row.id}`
    // What a resource says of itself comes first, and is not told a second time the other way round.
    if (from !== row?.id && !found.has(key)) found.set(key, neighbour)
  }
  for (const link of out) {
    const { from, kind, toType, ref } = link
    if (toType === passage) continue
    const row = resolve(link)
    add(row === undefined ? { from, kind, row: null, id: ref, type: toType } : { from, kind, row })
  }
  const rowOf = new Map(rows.map((row) => [row.id, row]))
  const typeOf = new Map(nodes.map(({ id, type }) => [id, type]))
  for (const { from_id, to_ref } of through) {
    const row = rowOf.get(from_id)
    // The profile stands between a role and its instances; instances with the same one are not related by it.
    for (const { from } of out.filter(({ ref }) => ref === to_ref))
      if (row !== undefined && (row.type === 'iam.role') !== (typeOf.get(from) === 'iam.role'))
        add({ from, kind: nounOf(row.type), row })
  }
  for (const edge of referring) {
    const row = rowOf.get(edge.from_id)
    const target = nodes.find((node) => refersTo(edge, node))
    if (row !== undefined && target !== undefined) add({ from: target.id, kind: nounOf(row.type), row })
  }
  const counts = Map.groupBy([...out.map(({ from }) => from), ...referring.map(({ to_ref }) => to_ref)], (key) => key)
  for (const own of counts.values()) isCut ||= own.length > mostOfEach
  return { neighbours: [...found.values()], isCut }
}

const refsOf = ({ id, aws_id, type, account, region }: Node) =>
  [...new Set([id, aws_id])].map((ref) => ({ ref, type, account, region, isUnique: uniqueId.test(ref) }))

/** Whether a reference by id or name means this row. */
const isMeant = ({ ref, toType, account, region }: Link, row: Row): boolean =>
  row.aws_id === ref &&
  (uniqueId.test(ref) ||
    (row.type === toType && row.account === account && (row.region === region || row.region === 'global')))

const refersTo = (edge: { to_ref: string; to_type: string; account: string; region: string }, node: Node): boolean =>
  edge.to_ref === node.id ||
  (edge.to_ref === node.aws_id &&
    (uniqueId.test(edge.to_ref) ||
      (edge.to_type === node.type &&
        edge.account === node.account &&
        (edge.region === node.region || node.region === 'global'))))
