import type { CostDriver, Joined } from '#contracts/anomaly.ts'
import type { Database, Sql, Transaction } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import { extendIncident, findIncident, incidentOf, insertIncident, upsertAnomaly } from '../watch/anomaly-store.ts'
import type { Sighting } from '../watch/anomaly-store.ts'
import type { News } from '../watch/record.ts'
import { costMetric, costRegion, costResource } from './cost-series.ts'
import type { CostRise } from './judge-costs.ts'

const dayMs = 86_400_000
const minutesOfADay = 1440

/** Whether a rise was told of before. */
export const isKnownRise = async (sql: Sql, seriesId: string, { beganMs }: CostRise): Promise<boolean> =>
  (await incidentOf(sql, seriesId, new Date(beganMs))) !== undefined

/**
 * Writes a rise down. It is part of the incident of whatever makes up for most of it, where that was unusual at the same time: the
 * function that calls itself and the bill for it are one thing.
 */
export const recordRise = async (
  db: Database,
  about: { account: string; service: string; seriesId: string; isOver: boolean },
  rise: CostRise,
  drivers: readonly CostDriver[],
  tell: (news: News, tx: Transaction) => Promise<void>,
): Promise<void> => {
  const { account, service, seriesId, isOver } = about
  const sighting: Sighting = {
    seriesId,
    account,
    region: costRegion,
    resourceId: costResource(account, service),
    resourceName: service,
    metric: costMetric,
    kin: null,
    beganAt: new Date(rise.beganMs),
    // Of the last day all of it.
    at: new Date(rise.lastMs + dayMs),
    score: rise.score,
    value: rise.usd,
    expected: rise.expected.value,
    low: rise.expected.low,
    high: rise.expected.high,
    evidence: rise.evidence,
    drivers: [...drivers],
  }
  await db.transaction(async (tx) => {
    const [main] = drivers
    let incidentId = await incidentOf(tx, seriesId, sighting.beganAt)
    let joinedBy: Joined | null = null
    if (incidentId === undefined && main !== undefined) {
      const joined = await findIncident(tx, { ...sighting, region: null, near: [main.resource.id] }, minutesOfADay)
      incidentId = joined?.id
      if (joined !== undefined) joinedBy = { kind: 'driver', resource: main.resource, path: [] }
    }
    const id = incidentId ?? uuidv7()
    await (incidentId === undefined ? insertIncident : extendIncident)(tx, id, sighting)
    const isNew = await upsertAnomaly(tx, uuidv7(), id, { ...sighting, joinedBy })
    if (isNew && !isOver) await tell({ ...sighting, joinedBy, incidentId: id }, tx)
  })
}
