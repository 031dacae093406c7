import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import type { Readable } from '../read/readable.ts'
import { readTargetGroups, referrersOf } from '../store/exposure.ts'

/** What hangs on a resource: the target groups that send it requests, with their healthy targets, and alarms. */
export type Exposure = {
  targetGroups: { id: string; name: string; loadBalancers: string[]; healthy: string[] }[]
  alarms: string[]
}

/** The last part of an ARN: "i-..." of an instance's. */
const awsIdOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
/** arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<number> */
const balancerName = (arn: string): string => /loadbalancer\/(?:app|net|gwy)\/([^/]+)\//.exec(arn)?.[1] ?? awsIdOf(arn)

/** Asks what hangs on instances, by their ARNs, as the inventory last saw it; where nothing does, they are missing. */
export const createExposure =
  ({ db, readable }: { db: Database; readable: Readable }) =>
  async (principal: Principal, ids: readonly string[]): Promise<Map<string, Exposure>> => {
    const accounts = (await readable.accounts(principal)).map(({ id }) => id)
    const referrers = await referrersOf(db, accounts, [...new Set(ids.map(awsIdOf))])
    const groups = new Map(
      (
        await readTargetGroups(db, accounts, [
          ...new Set(referrers.filter(({ type }) => type === 'elb.target-group').map(({ id }) => id)),
        ])
      ).map((group) => [group.id, group]),
    )
    const byTarget = Map.groupBy(referrers, ({ to }) => to)
    return new Map(
      ids.flatMap((arn): [string, Exposure][] => {
        const own = byTarget.get(awsIdOf(arn))?.filter(({ account }) => arn.split(':')[4] === account) ?? []
        if (own.length === 0) return []
        const prefix = arn.slice(0, arn.lastIndexOf('/') + 1)
        return [
          [
            arn,
            {
              targetGroups: own.flatMap(({ id }) => {
                const group = groups.get(id)
                if (group === undefined) return []
                const healthy = [...new Set(group.healthy.map((awsId) => `${prefix}${awsId}`))]
                return [{ id, name: group.name, loadBalancers: group.balancers.map(balancerName), healthy }]
              }),
              alarms: own.filter(({ type }) => type === 'cloudwatch.alarm').map(({ name }) => name),
            },
          ],
        ]
      }),
    )
  }
