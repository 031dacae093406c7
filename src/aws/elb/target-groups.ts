import type { TargetGroup as SdkTargetGroup, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Call } from '../call.ts'
import { batchesOf } from '../ec2/batches.ts'
import { toJson } from '../ec2/json.ts'
import type { Target, TargetGroup } from '../elb.ts'
import type { Reader } from '../reader.ts'
import { arnPrefix } from './context.ts'
import type { ElbContext } from './context.ts'
import { known } from './known.ts'
import { mostNamed, tagsOf } from './tags.ts'
import { targetGroupPages } from './target-group-pages.ts'

/** Target groups whose health is asked for at the same time. */
const concurrency = 4

export const readTargetGroups = (context: ElbContext): Reader<TargetGroup> => ({
  list: async function* (call) {
    for await (const page of targetGroupPages(context, call, {})) yield await describeAll(context, call, page)
  },
  describe: async (call, ids) => {
    const found: TargetGroup[] = []
    const arns = ids.map((id) => `${arnPrefix(context)}${id}`)
    for (const batch of batchesOf(arns, mostNamed)) {
      const groups = await known(batch, async (some) => {
        const own: SdkTargetGroup[] = []
        for await (const page of targetGroupPages(context, call, { TargetGroupArns: [...some] })) own.push(...page)
        return own
      })
      found.push(...(await describeAll(context, call, groups)))
    }
    return found
  },
})

const describeAll = async (
  context: ElbContext,
  call: Call,
  groups: readonly SdkTargetGroup[],
): Promise<TargetGroup[]> => {
  const arns = groups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? [])
  const tags = await tagsOf(context, call, arns)
  const healths = new Map<string, TargetHealthDescription[]>()
  for (const batch of batchesOf(arns, concurrency)) {
    await Promise.all(batch.map(async (arn) => void healths.set(arn, await healthOf(context, call, arn))))
  }
  return groups.map((group) => {
    // AWS describes no target group without an ARN.
    const arn = group.TargetGroupArn ?? ''
    return toTargetGroup(context, group, tags.get(arn) ?? {}, healths.get(arn) ?? [])
  })
}

/** Of one target group, all of its targets; none of one that is gone since it was listed. */
const healthOf = (
  { sdk, client, send }: ElbContext,
  call: Call,
  TargetGroupArn: string,
): Promise<TargetHealthDescription[]> =>
  known([TargetGroupArn], async () => {
    const command = new sdk.DescribeTargetHealthCommand({ TargetGroupArn })
    const output = await send({ action: 'DescribeTargetHealth', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    return output.TargetHealthDescriptions ?? []
  })

const toTargetGroup = (
  { account, region }: ElbContext,
  group: SdkTargetGroup,
  tags: Record<string, string>,
  health: readonly TargetHealthDescription[],
): TargetGroup => {
  const arn = group.TargetGroupArn ?? ''
  return {
    id: arn.slice(arn.indexOf(':targetgroup/') + 1),
    arn,
    account,
    region,
    name: group.TargetGroupName ?? '',
    protocol: group.Protocol ?? null,
    port: group.Port ?? null,
    targetType: group.TargetType ?? 'instance',
    vpcId: group.VpcId ?? null,
    loadBalancerArns: (group.LoadBalancerArns ?? []).toSorted(),
    healthCheckPath: group.HealthCheckPath ?? null,
    // AWS tells them in any order.
    targets: health.map(toTarget).sort((a, b) => compare(a.id, b.id) || (a.port ?? 0) - (b.port ?? 0)),
    tags,
    raw: toJson(group),
  }
}

const toTarget = ({ Target: target, TargetHealth: health }: TargetHealthDescription): Target => ({
  id: target?.Id ?? '',
  port: target?.Port ?? null,
  health: health?.State ?? 'unavailable',
  reason: health?.Reason ?? null,
})

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
