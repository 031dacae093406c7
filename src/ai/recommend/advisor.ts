import type { Account, Aws } from '#aws/cloud.ts'
import type { MetricPoint } from '#aws/cloudwatch.ts'
import { monthlyUsdOfInstance } from '#aws/prices.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { Advisable } from '#resources/advisable.ts'
import type { Unused } from '#resources/unused.ts'
import type { Recommendation } from '#contracts/recommendation.ts'
import type { Place } from '../watch/store.ts'
import { adviseInstance, hourly, instanceMetrics, lookBackDays, usageOf } from './instance.ts'
import type { Measured } from './instance.ts'
import { adviseFullDisk } from './runs-out.ts'
import { adviseUnused, isOfUnused, lastUsedDays, volumeQueries } from './unused.ts'
import { settleUnused } from './settle-unused.ts'
import { claimAdvising, readUnseen, settle, writeAdvice } from './store.ts'
import type { Advice } from './store.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const everySeconds = 6 * 3600
/** Of an account and Region, the most expensive first. */
const mostResources = 200
/** Instances of one call: two weeks by the hour of all their metrics are taken apart in one go. */
const instancesOfACall = 4
const betweenCallsMs = 400
/** How long after a change it is compared with before. */
const comparedMs = 14 * dayMs
/** How far back it is looked whether a volume was attached. */
const unattachedDays = 33
/** The shortest retention that AWS has beyond a quarter of a year of looking back. */
const retentionDays = 90

export type AdvisorDeps = {
  db: Database
  aws: Aws
  clock: Clock
  advisable: (place: { account: string; region: string; limit: number }) => Promise<Advisable[]>
  current: (account: string, ids: readonly string[]) => Promise<Advisable[]>
  unused: (place: { account: string; region: string; limit: number }) => Promise<Unused[]>
}

/**
 * Looks through the most expensive resources of a place every few hours: what is idle, what has the wrong size, what is kept for ever, whose disk fills up, what nothing
 * uses. Whoever
 * watches the place does it, within the same hundredth of the quota.
 */
export const createAdvisor = ({ db, aws, clock, advisable, current, unused }: AdvisorDeps) => {
  const measure = async (
    account: Account,
    region: string,
    instances: readonly Advisable[],
    toMs: number,
    signal: AbortSignal,
  ): Promise<Measured[]> => {
    const { getMetricData } = await aws.cloudwatch(account, region)
    const queries = instances.flatMap(({ awsId }) =>
      instanceMetrics.map(({ namespace, name, statistic }) => ({
        namespace,
        name,
        statistic,
        dimensions: { InstanceId: awsId },
        periodSeconds: 3600,
      })),
    )
    const answers = await getMetricData(
      { priority: 'sweep', signal },
      { queries, from: new Date(toMs - lookBackDays * dayMs), to: new Date(toMs) },
    )
    await clock.sleep(betweenCallsMs, signal)
    const width = instanceMetrics.length
    return instances.map(
      (_, index) =>
        // One answer for each metric, in their order.
        Object.fromEntries(
          instanceMetrics.map(({ key }, metric) => [key, answers[index * width + metric] ?? []]),
        ) as Partial<Measured> as Measured,
    )
  }

  /** What nothing uses: of volumes CloudWatch says since when, for what is attached is measured. */
  const lookForUnused = async (
    place: Place,
    account: Account,
    toMs: number,
    signal: AbortSignal,
  ): Promise<Advice[]> => {
    const found = await unused({ ...place, limit: mostResources })
    const volumes = found.filter(({ kind }) => kind === 'unattached-volume')
    const answers: MetricPoint[][] = []
    if (volumes.length > 0) {
      const { getMetricData } = await aws.cloudwatch(account, place.region)
      const time = { from: new Date(toMs - unattachedDays * dayMs), to: new Date(toMs) }
      answers.push(
        ...(await getMetricData({ priority: 'sweep', signal }, { queries: volumeQueries(volumes), ...time })),
      )
      await clock.sleep(betweenCallsMs, signal)
    }
    const lastUsed = new Map(volumes.map(({ id }, index) => [id, lastUsedDays(answers[index] ?? [], toMs)]))
    return found.flatMap((one) => adviseUnused(one, lastUsed.get(one.id), toMs) ?? [])
  }

  /** What became of recommendations that are no longer made: done, or no longer true. */
  const settleUnseen = async (
    place: Place,
    account: Account,
    since: Date,
    toMs: number,
    signal: AbortSignal,
  ): Promise<void> => {
    const unseen = await readUnseen(db, place, since)
    const now = new Map(
      (
        await current(
          place.account,
          unseen.map(({ resource }) => resource.id),
        )
      ).map((one) => [one.id, one]),
    )
    for (const one of unseen) {
      const resource = now.get(one.resource.id)
      if (isOfUnused(one)) {
        await settleUnused(db, one, resource, clock.now())
        continue
      }
      const saves = resource === undefined ? undefined : savesNow(one, resource, place.region)
      if (resource === undefined || saves === undefined) {
        if (one.status !== 'applied') await settle(db, one.id, 'gone', null)
        continue
      }
      const beganMs = one.realised === null ? clock.now().getTime() : Date.parse(one.realised.since)
      if (one.status === 'applied' && toMs - beganMs > comparedMs) continue
      const nothing = { cpuMean: null, cpuPeak: null, memoryPeak: null }
      const isMeasured = resource.type === 'ec2.instance' && resource.state === 'running'
      const [measured] = isMeasured ? await measure(account, place.region, [resource], toMs, signal) : []
      const usage = one.evidence['usage']
      await settle(db, one.id, 'applied', {
        since: new Date(beganMs).toISOString(),
        monthlyUsd: saves,
        before: one.realised?.before ?? (isUsage(usage) ? usage : nothing),
        after: measured === undefined ? nothing : usageOf(measured, beganMs),
      })
    }
  }

  return async (place: Place, account: Account, signal: AbortSignal): Promise<void> => {
    if (!(await claimAdvising(db, place, everySeconds))) return
    const since = clock.now()
    const toMs = Math.floor(since.getTime() / hourMs) * hourMs
    const resources = await advisable({ ...place, limit: mostResources })
    const advice: Advice[] = resources.filter(({ type }) => type === 'logs.group').map(adviseLogGroup)
    const instances = resources.filter(({ type }) => type === 'ec2.instance')
    for (let from = 0; from < instances.length && !signal.aborted; from += instancesOfACall) {
      const chunk = instances.slice(from, from + instancesOfACall)
      const measured = await measure(account, place.region, chunk, toMs, signal)
      for (const [index, instance] of chunk.entries()) {
        // One for each instance.
        const own = measured[index]!
        const found = adviseInstance(instance, own, { region: place.region, toMs })
        const full = adviseFullDisk(instance, hourly(own.disk, toMs), toMs)
        advice.push(...[found, full].filter((one) => one !== undefined))
      }
    }
    advice.push(...(await lookForUnused(place, account, toMs, signal)))
    if (signal.aborted) return
    const begun = await databaseNow(db)
    for (let from = 0; from < advice.length; from += 50) {
      await writeAdvice(
        db,
        place,
        advice.slice(from, from + 50).map((one) => ({ ...one, id: uuidv7() })),
      )
    }
    await settleUnseen(place, account, begun, toMs, signal)
  }
}

const databaseNow = async (db: Database): Promise<Date> => {
  const rows = await db.query<{ now: Date }>({ name: 'now', text: 'select clock_timestamp() as now' })
  // A select without a from has exactly one row.
  return rows[0]!.now
}

/** Nothing that was written is needed for ever; how long, the owner knows better. */
const adviseLogGroup = ({ id, name, awsId, monthlyUsd, summary }: Advisable): Advice => ({
  kind: 'logs_retention',
  finding: 'no_retention',
  resourceId: id,
  resourceName: name,
  title: `${name ?? awsId} keeps its events for ever`,
  because: `it has no retention, and what it has kept costs about $${(monthlyUsd ?? 0).toFixed(2)} a month and grows`,
  operation: 'logs.retention',
  params: { days: retentionDays },
  // How much of it is older than that is not known.
  monthlySavingUsd: null,
  evidence: { storedBytes: summary['storedBytes'] ?? null, monthlyUsd },
})

/** What a resource saves a month against when the recommendation was made; undefined where nothing was done. */
const savesNow = ({ kind, evidence }: Recommendation, resource: Advisable, region: string): number | undefined => {
  const before = typeof evidence['monthlyUsd'] === 'number' ? evidence['monthlyUsd'] : undefined
  if (kind === 'logs_retention') return resource.summary['retentionDays'] == null ? undefined : 0
  if (before === undefined) return undefined
  if (kind === 'idle_instance') return resource.state === 'running' ? undefined : before
  const type = String(resource.summary['instanceType'] ?? '')
  if (type === evidence['type']) return undefined
  const price = monthlyUsdOfInstance(type, region, 'running')
  return price === null ? undefined : Math.round((before - price) * 100) / 100
}

type Usage = NonNullable<Recommendation['realised']>['before']
const isUsage = (value: unknown): value is Usage => typeof value === 'object' && value !== null && 'cpuMean' in value
