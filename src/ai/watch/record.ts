import type { Database } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import { extendIncident, findIncident, incidentOf, insertIncident, upsertAnomaly } from './anomaly-store.ts'
import type { Sighting } from './anomaly-store.ts'
import { holdsPlace } from './store.ts'
import type { Place } from './store.ts'

/** Anomalies within that time, in one resource or its kin, are one incident. */
const togetherMinutes = 30
/** Sightings that one transaction writes. */
const chunkSize = 50

/** What is new: an anomaly that nobody knew of, with the incident that it is part of. */
export type News = Sighting & { incidentId: string }

/** Writes what was seen. Throws nothing away when it is said twice, and writes nothing for a place that this process has lost. */
export const recordSightings = async (db: Database, place: Place, sightings: readonly Sighting[]): Promise<News[]> => {
  const news: News[] = []
  for (let from = 0; from < sightings.length; from += chunkSize) {
    const chunk = sightings.slice(from, from + chunkSize)
    const written = await db.transaction(async (tx) => {
      if (!(await holdsPlace(tx, place))) return []
      const found: News[] = []
      for (const sighting of chunk) {
        const known =
          (await incidentOf(tx, sighting.seriesId, sighting.beganAt)) ??
          (await findIncident(tx, sighting, togetherMinutes))
        const incidentId = known ?? uuidv7()
        await (known === undefined ? insertIncident : extendIncident)(tx, incidentId, sighting)
        if (await upsertAnomaly(tx, uuidv7(), incidentId, sighting)) found.push({ ...sighting, incidentId })
      }
      return found
    })
    news.push(...written)
  }
  return news
}
