import type { Principal } from '#contracts/principal.ts'
import type { Risk } from '#contracts/task.ts'
import { highestRisk } from './risk.ts'
import type { Selected } from './select.ts'

/** What hangs on a target, as the inventory last saw it. */
export type Exposure = {
  /** Target groups that send it requests; `healthy` are the ARNs of all their healthy targets. */
  targetGroups: readonly { id: string; name: string; loadBalancers: readonly string[]; healthy: readonly string[] }[]
  /** Names of the alarms that watch it. */
  alarms: readonly string[]
}

/** Asks what hangs on targets, by their ARNs; those on which nothing hangs are missing. */
export type ExposureOf = (principal: Principal, ids: readonly string[]) => Promise<ReadonlyMap<string, Exposure>>

/** Taking away the last healthy targets is taking the service down: in production one other person approves that. */
const riskOfOutage: Risk = 'R3'
const namedAlarms = 3

/**
 * Says of each target what goes on without it, and raises the class where a plan takes a production target group's last healthy
 * targets: R2 would let ten of them go without anybody having looked. That is overridden by the approval. Elsewhere it is only said:
 * stopping all of a development environment for the night is what people want.
 */
export const withExposure = (selected: readonly Selected[], exposures: ReadonlyMap<string, Exposure>): Selected[] => {
  const ids = new Set(selected.map(({ live }) => live.id))
  return selected.map((one) => {
    const exposure = exposures.get(one.live.id)
    if (exposure === undefined) return one
    // One that is not healthy takes nothing away.
    const serving = exposure.targetGroups.filter(({ healthy }) => healthy.includes(one.live.id))
    const isOutage = serving.some(({ healthy }) => healthy.every((id) => ids.has(id)))
    const { isProduction } = one.attributes
    return {
      ...one,
      risk: isOutage && isProduction ? highestRisk([one.risk, riskOfOutage]) : one.risk,
      warnings: [...serving.map((group) => wordsOf(group, ids)), ...alarmWords(exposure.alarms)],
    }
  })
}

const wordsOf = (
  { name, loadBalancers, healthy }: Exposure['targetGroups'][number],
  ids: ReadonlySet<string>,
): string => {
  const [first] = loadBalancers
  const where =
    first === undefined ? `in the target group "${name}"` : `behind the load balancer "${first}" ("${name}")`
  const taken = healthy.filter((id) => ids.has(id)).length
  return taken === healthy.length
    ? `is ${where}, which is left without a healthy target: all ${taken} are in this plan`
    : `is ${where}: ${taken} of ${healthy.length} healthy targets ${taken === 1 ? 'is' : 'are'} in this plan`
}

const alarmWords = (alarms: readonly string[]): string[] => {
  if (alarms.length === 0) return []
  const named = alarms
    .slice(0, namedAlarms)
    .map((name) => `"${name}"`)
    .join(', ')
  const more = alarms.length - namedAlarms
  return [`is watched by ${named}${more > 0 ? ` and ${more} more` : ''}, which may go off`]
}
