import type { Relations } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Resource } from '#contracts/resource.ts'
import type { Database } from '#platform/db/database.ts'
import { readMany } from '../store/read.ts'
import { toResource } from '../store/row.ts'
import type { GetResource } from './get.ts'
import type { Readable } from './readable.ts'

/** Fields of a resource's summary that hold AWS ids of its neighbours, and what those are to it. */
const links: Record<string, { field: string; kind: string }[]> = {
  'ec2.instance': [{ field: 'volumeIds', kind: 'volume' }],
  'cloudwatch.alarm': [{ field: 'instanceIds', kind: 'watched' }],
  'ec2.volume': [{ field: 'attachedTo', kind: 'attached-to' }],
}

/** The neighbours of a resource that the inventory has and the principal may read. */
export const createRelations =
  ({ db, readable, find }: { db: Database; readable: Readable; find: GetResource['find'] }) =>
  async (principal: Principal, id: string): Promise<Relations> => {
    const { resource, account } = await find(principal, id)
    const kinds = new Map(
      (links[resource.type] ?? []).flatMap(({ field, kind }) =>
        textsOf(resource.summary[field]).map((awsId) => [awsId, kind]),
      ),
    )
    const rows = (await readMany(db, [account.id], [...kinds.keys()])).filter(
      ({ region }) => region === resource.region,
    )
    const items: Relations['items'] = []
    for (const row of rows) {
      const neighbour: Resource = toResource(row, null)
      const kind = kinds.get(row.aws_id)
      if (kind !== undefined && (await readable.resource(principal, account, neighbour)))
        items.push({ kind, resource: neighbour })
    }
    return { items, freshness: resource.freshness }
  }

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
