import type { Joined } from '#contracts/anomaly.ts'
import type { Database, Sql, Transaction } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { Near } from '#resources/near.ts'
import { extendIncident, findIncident, incidentOf, insertIncident, upsertAnomaly } from './anomaly-store.ts'
import type { Kindred, Sighting } from './anomaly-store.ts'
import { holdsPlace } from './store.ts'
import type { Place } from './store.ts'

/** Anomalies within that time, in one resource, its kin, or one that is related to it, are one incident. */
const togetherMinutes = 30
/** Sightings that one transaction writes. */
const chunkSize = 50

/** What is new: an anomaly that nobody knew of, with the incident that it is part of. */
export type News = Sighting & { incidentId: string }

/** What lies within two relations of resources, nearest first. */
export type FindNear = (account: string, ids: readonly string[]) => Promise<ReadonlyMap<string, Near[]>>

/**
 * Writes what was seen, and tells what is new in the same commit. Throws nothing away when it is said twice, and writes nothing for a
 * place that this process has lost.
 */
export const recordSightings = async (
  deps: { db: Database; near: FindNear; tell: (news: News, tx: Transaction) => Promise<void> },
  place: Place,
  sightings: readonly Sighting[],
): Promise<void> => {
  const { db, tell } = deps
  for (let from = 0; from < sightings.length; from += chunkSize) {
    const chunk = sightings.slice(from, from + chunkSize)
    const near = await nearOf(deps, place.account, chunk)
    await db.transaction(async (tx) => {
      if (!(await holdsPlace(tx, place))) return
      for (const sighting of chunk) {
        const around = near.get(sighting.resourceId) ?? []
        const known = await incidentOf(tx, sighting.seriesId, sighting.beganAt)
        const kindred =
          known === undefined
            ? await findIncident(tx, { ...sighting, near: around.map(({ id }) => id) }, togetherMinutes)
            : undefined
        const incidentId = known ?? kindred?.id ?? uuidv7()
        await (known === undefined && kindred === undefined ? insertIncident : extendIncident)(tx, incidentId, sighting)
        const joinedBy = kindred === undefined ? null : await joinedOf(tx, kindred, around)
        const isNew = await upsertAnomaly(tx, uuidv7(), incidentId, { ...sighting, joinedBy })
        if (isNew) await tell({ ...sighting, joinedBy, incidentId }, tx)
      }
    })
  }
}

/** Asked for what begins only: what goes on is part of its incident already. */
const nearOf = async (
  { db, near }: { db: Database; near: FindNear },
  account: string,
  sightings: readonly Sighting[],
): Promise<ReadonlyMap<string, Near[]>> => {
  const begun = new Set<string>()
  for (const { seriesId, beganAt, resourceId } of sightings)
    if ((await incidentOf(db, seriesId, beganAt)) === undefined) begun.add(resourceId)
  return begun.size === 0 ? new Map() : near(account, [...begun])
}

const joinedOf = async (sql: Sql, { id, by, resourceId }: Kindred, around: readonly Near[]): Promise<Joined> => {
  if (by === 'tags' || resourceId === null) return { kind: 'tags', resource: null, path: [] }
  return {
    kind: by,
    resource: { id: resourceId, name: await nameIn(sql, id, resourceId) },
    path: by === 'relation' ? (around.find((one) => one.id === resourceId)?.path ?? []) : [],
  }
}

const nameIn = async (sql: Sql, incidentId: string, resourceId: string): Promise<string | null> => {
  const rows = await sql.query<{ name: string | null }>({
    name: 'anomalies.name-in-incident',
    text: `select resource_name as name from anomalies where incident_id = $1 and resource_id = $2 limit 1`,
    values: [incidentId, resourceId],
  })
  return rows[0]?.name ?? null
}
