import {
  monthlyUsdOfInstance,
  monthlyUsdOfLoadBalancer,
  monthlyUsdOfStoredObjects,
  monthlyUsdOfVolume,
  usdOfInvocations,
} from '../../prices.ts'
import { estateEpochMs } from '../estate/instance.ts'
import type { Partition } from '../estate/partitions.ts'
import { fraction } from '../estate/random.ts'
import { callsAt, durationAt, loopCallsAt } from '../metrics/functions.ts'
import { ranAt } from '../power.ts'
import { isDeleted } from './attachment.ts'
import type { HandlerContext } from './context.ts'
import { iopsOf } from './describe-volumes.ts'
import { isShown } from './instance-ids.ts'

export const dayMs = 86_400_000
/** 365 days in twelve months. */
const daysInAMonth = 365 / 12
/** A Spot instance costs about a third. */
const spotShare = 0.35
/** How often a day it is looked how often a function is called. */
const looksOfADay = 8

/** What one resource cost on a day; `extraUsd` is what something that went wrong added. */
export type Billed = { resource: string; usd: (dayAtMs: number) => number; extraUsd?: (dayAtMs: number) => number }

export type BilledKind = {
  count: (partition: Partition) => number
  /** Undefined where nothing stands at that position any more. */
  at: (position: number, context: HandlerContext) => Billed | undefined
  /** Where what runs away stands. */
  positionOf?: (name: string, context: HandlerContext) => number | undefined
  /** Whether costs by resource are turned on. */
  isByResource: boolean
}

const instances: BilledKind = {
  isByResource: true,
  count: ({ instances }) => instances,
  at: (position, context) => {
    const { world, partition } = context
    const instance = world.estate.instance(partition, position)
    if (!isShown(instance, context)) return undefined
    const power = world.power(instance)
    const price = monthlyUsdOfInstance(world.instanceType(instance), partition.region, 'running') ?? 0
    const share = (instance.fleet.isSpot ? spotShare : 1) * discountOf(context, position, 301)
    return {
      resource: instance.id,
      usd: (atMs) => (ranAt(power, atMs + dayMs / 2) ? (price * share) / daysInAMonth : 0),
    }
  },
}

const volumes: BilledKind = {
  isByResource: true,
  count: ({ volumes }) => volumes,
  at: (position, context) => {
    const { world, partition } = context
    const volume = world.estate.volume(partition, position)
    if (isDeleted(volume, context)) return undefined
    const price = monthlyUsdOfVolume({ ...volume, iops: iopsOf(volume) ?? null }, partition.region) ?? 0
    const share = discountOf(context, position, 302)
    return {
      resource: volume.id,
      usd: (atMs) => (atMs + dayMs > volume.createdMs ? (price * share) / daysInAMonth : 0),
    }
  },
}

const functions: BilledKind = {
  isByResource: true,
  count: ({ functions }) => functions,
  positionOf: (name, { world, partition }) => world.functions(partition).get(name)?.index,
  at: (position, { world, partition }) => {
    const made = world.estate.function(partition, position)
    if (made.state !== 'Active') return undefined
    const usdOf = (dayAtMs: number, callsIn: (atMs: number) => number): number => {
      let [requests, seconds] = [0, 0]
      for (let look = 0; look < looksOfADay; look++) {
        const atMs = dayAtMs + ((look + 0.5) * dayMs) / looksOfADay
        const calls = callsIn(atMs) * (dayMs / 60_000 / looksOfADay)
        requests += calls
        seconds += (calls * durationAt(made, atMs)) / 1000
      }
      return usdOfInvocations({ ...made, requests, seconds }, partition.region)
    }
    return {
      resource: made.arn,
      usd: (atMs) => usdOf(atMs, (momentMs) => callsAt(made, momentMs)),
      extraUsd: (atMs) =>
        isLooping(world.calendar.between(atMs, atMs + dayMs), made.arn)
          ? usdOf(atMs, (momentMs) => loopCallsAt(world.calendar, made, momentMs))
          : 0,
    }
  },
}

const isLooping = (incidents: readonly { kind: string; resource: string }[], arn: string): boolean =>
  incidents.some(({ kind, resource }) => kind === 'runaway-cost' && resource === arn)

const buckets: BilledKind = {
  isByResource: false,
  count: ({ buckets }) => buckets,
  at: (position, { world, partition }) => {
    const bucket = world.estate.bucket(partition, position)
    const { standard, infrequent, archive } = bucket.bytes
    const price = monthlyUsdOfStoredObjects(
      { StandardStorage: standard, StandardIAStorage: infrequent, GlacierStorage: archive },
      partition.region,
    )
    // As its metric grows.
    const growth = 0.5 * fraction(world.estate.seed, partition.number, bucket.index, 430)
    return {
      resource: bucket.name,
      usd: (atMs) =>
        atMs + dayMs > bucket.createdMs
          ? (price / daysInAMonth) * Math.max(0, 1 + (growth * (atMs - estateEpochMs)) / (365 * dayMs))
          : 0,
    }
  },
}

const loadBalancers: BilledKind = {
  isByResource: false,
  count: () => 1,
  at: (_position, { world, partition }) => ({
    resource: partition.region,
    usd: () =>
      world.estate
        .around(partition)
        .loadBalancers.reduce((sum, { type }) => sum + monthlyUsdOfLoadBalancer(type, partition.region), 0) /
      daysInAMonth,
  }),
}

/** What is on the bill, by Cost Explorer's names. */
export const billedKinds: Record<string, BilledKind> = {
  'Amazon Elastic Compute Cloud - Compute': instances,
  'EC2 - Other': volumes,
  'AWS Lambda': functions,
  'Amazon Simple Storage Service': buckets,
  'Amazon Elastic Load Balancing': loadBalancers,
}

/** What the company pays of list prices: all of it, or with a discount of up to 17 %. */
const discountOf = ({ world, partition }: HandlerContext, position: number, salt: number): number => {
  const dice = fraction(world.estate.seed, partition.number, position, salt)
  return dice < 0.4 ? 1 : 0.72 + dice * 0.28
}

export const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
