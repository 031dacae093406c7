import { randomUUID } from 'node:crypto'
import type { Aws } from '#aws/cloud.ts'
import { mostMetricsOfACall } from '#aws/cloudwatch.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { failureText } from '../sync/failure-text.ts'
import {
  claimPlace,
  forgetSignals,
  keepPlace,
  readRunningInstances,
  reconcilePlaces,
  releasePlace,
  writeSignals,
} from './signal-store.ts'
import type { SignalPlace } from './signal-store.ts'

/** 1 % of what GetMetricData allows: 5 calls a second in an account and Region, of 500 metrics each. */
const betweenCallsMs = 200
const everySeconds = 3600
const afterFailureSeconds = 600
const leaseSeconds = 60
const spanHours = 24
/** The mean changes with every hour; what is older than this is no longer told. */
const keptHours = 48
const lookEveryMs = 10_000

export type SignalReader = {
  start: () => void
  /** Measures one place that is due; false when none is. */
  measureNext: () => Promise<boolean>
  stop: () => Promise<void>
}

/**
 * Measures what the inventory can be searched by: the mean CPU of each running instance over the last day, once an hour. One
 * process at a time reads an account and Region, at no more than a hundredth of its quota.
 */
export const createSignalReader = (deps: { db: Database; aws: Aws; clock: Clock; log: Log }): SignalReader => {
  const { db, aws, clock, log } = deps
  const stopping = new AbortController()
  let looping: Promise<void> | undefined

  const measure = async (place: SignalPlace): Promise<void> => {
    const account = await aws.accounts.get(place.account)
    const { getMetricData } = await aws.cloudwatch(account, place.region)
    const hourMs = 3_600_000
    const toMs = Math.floor(clock.now().getTime() / hourMs) * hourMs
    for (let after = ''; !stopping.signal.aborted;) {
      const instances = await readRunningInstances(db, place, after, mostMetricsOfACall)
      const last = instances.at(-1)
      if (last === undefined) break
      after = last.id
      const series = await getMetricData(
        { priority: 'sweep', signal: stopping.signal },
        {
          queries: instances.map(({ awsId }) => ({
            namespace: 'AWS/EC2',
            name: 'CPUUtilization',
            dimensions: { InstanceId: awsId },
            statistic: 'Average',
            periodSeconds: 3600,
          })),
          from: new Date(toMs - spanHours * hourMs),
          to: new Date(toMs),
        },
      )
      const signals = instances.flatMap(({ id }, index) => {
        const points = series[index] ?? []
        if (points.length === 0) return []
        return [{ id, cpuAverage: points.reduce((sum, { value }) => sum + value, 0) / points.length }]
      })
      if (signals.length > 0) await writeSignals(db, place.account, signals)
      if (!(await keepPlace(db, place, leaseSeconds))) return
      await clock.sleep(betweenCallsMs, stopping.signal)
    }
    await forgetSignals(db, place.account, keptHours)
  }

  const measureNext = async (): Promise<boolean> => {
    const accounts = await aws.accounts.list()
    await reconcilePlaces(
      db,
      accounts.flatMap(({ id, regions }) => regions.map((region) => ({ account: id, region }))),
    )
    const place = await claimPlace(db, randomUUID(), leaseSeconds)
    if (place === undefined) return false
    try {
      await measure(place)
      await releasePlace(db, place, null, stopping.signal.aborted ? 0 : everySeconds)
    } catch (error) {
      log.debug({ err: error, ...place }, 'the CPU of instances could not be measured')
      await releasePlace(db, place, failureText(error), stopping.signal.aborted ? 0 : afterFailureSeconds)
    }
    return true
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (!(await measureNext())) await clock.sleep(lookEveryMs, stopping.signal)
      } catch (error) {
        log.warn({ err: error }, 'the measuring of signals pauses for a moment')
        await clock.sleep(lookEveryMs, stopping.signal)
      }
    }
  }

  return {
    start: () => void (looping ??= loop()),
    measureNext,
    stop: async () => {
      stopping.abort()
      await looping
    },
  }
}
