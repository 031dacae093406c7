import type { Account } from '#aws/cloud.ts'
import type { Relations } from '#contracts/relations.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import type { GetResource } from '../read/get.ts'
import type { Readable } from '../read/readable.ts'
import { toResource } from '../store/row.ts'
import { neighboursOf } from './neighbours.ts'
import type { Node } from './neighbours.ts'
import { ownersOf } from './owners.ts'

/** Neighbours of one resource in one direction, and resources in all: a picture beyond it is none. */
const mostOfEach = 200
const mostItems = 300

/** Half of an account hangs on these: they are shown, but the way doesn't go on from them to all the others. */
const shared = new Set([
  'ec2.vpc',
  'ec2.subnet',
  'ec2.image',
  'ec2.key-pair',
  'ec2.security-group',
  'iam.role',
  'lambda.layer',
])
export const isShared = (type: string): boolean => shared.has(type)

/** The neighbours of a resource, and theirs, as far as the principal may read them. */
export const createRelations =
  ({ db, readable, find }: { db: Database; readable: Readable; find: GetResource['find'] }) =>
  async (principal: Principal, id: string, depth = 1): Promise<Relations> => {
    const { resource, account, located } = await find(principal, id)
    const accounts = new Map((await readable.accounts(principal)).map((one): [string, Account] => [one.id, one]))
    const root: Node = {
      id: resource.id,
      aws_id: located.awsId,
      type: resource.type,
      account: account.id,
      region: resource.region,
    }
    const items: Relations['items'] = []
    const unresolved: Relations['unresolved'] = []
    const seen = new Set([root.id])
    let isCut = false
    let edge: Node[] = [root]
    for (let step = 1; step <= depth && edge.length > 0; step++) {
      const found = await neighboursOf(db, [...accounts.keys()], edge, mostOfEach)
      isCut ||= found.isCut
      edge = []
      for (const neighbour of found.neighbours) {
        const { kind, from, row } = neighbour
        if (row === null) {
          if (unresolved.length < mostItems) unresolved.push({ kind, id: neighbour.id, type: neighbour.type, from })
          continue
        }
        const owner = accounts.get(row.account)
        if (seen.has(row.id) || owner === undefined) continue
        const other = toResource(row, null)
        if (!(await readable.resource(principal, owner, other))) continue
        if (items.length >= mostItems) {
          isCut = true
          break
        }
        seen.add(row.id)
        items.push({ kind, resource: other, depth: step, from })
        if (!isShared(row.type)) edge.push(row)
      }
    }
    return { items, unresolved, owners: ownersOf(resource.tags), isCut, freshness: resource.freshness }
  }
