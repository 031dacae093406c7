import type {
  DescribeLoadBalancersCommandInput,
  LoadBalancer as SdkLoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Call } from '../call.ts'
import { batchesOf } from '../ec2/batches.ts'
import { toJson } from '../ec2/json.ts'
import type { LoadBalancer } from '../elb.ts'
import type { Reader } from '../reader.ts'
import { arnPrefix } from './context.ts'
import type { ElbContext } from './context.ts'
import { known } from './known.ts'
import { mostNamed, tagsOf } from './tags.ts'
import { targetGroupPages } from './target-group-pages.ts'

/** The API's largest page. */
const pageSize = 400

export const readLoadBalancers = (context: ElbContext): Reader<LoadBalancer> => ({
  list: (call) => list(context, call),
  describe: async (call, ids) => {
    const found: LoadBalancer[] = []
    const arns = ids.map((id) => `${arnPrefix(context)}loadbalancer/${id}`)
    for (const batch of batchesOf(arns, mostNamed)) {
      const balancers = await known(
        batch,
        async (some) => (await page(context, call, { LoadBalancerArns: [...some] })).items,
      )
      const served = new Map<string, string[]>()
      for (const { LoadBalancerArn: arn = '' } of balancers) {
        const groups = await known([arn], async () => {
          const own: string[] = []
          for await (const some of targetGroupPages(context, call, { LoadBalancerArn: arn }))
            own.push(...some.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []))
          return own
        })
        served.set(arn, groups)
      }
      found.push(...(await describeAll(context, call, balancers, served)))
    }
    return found
  },
})

/** Who sends to which target group is told by the target groups, so those are listed first. */
async function* list(context: ElbContext, call: Call): AsyncGenerator<LoadBalancer[]> {
  const served = new Map<string, string[]>()
  for await (const groups of targetGroupPages(context, call, {})) {
    for (const { TargetGroupArn = '', LoadBalancerArns = [] } of groups) {
      for (const arn of LoadBalancerArns) served.set(arn, [...(served.get(arn) ?? []), TargetGroupArn])
    }
  }
  let marker: string | undefined
  do {
    const { items, next } = await page(context, call, {
      PageSize: pageSize,
      ...(marker === undefined ? {} : { Marker: marker }),
    })
    yield await describeAll(context, call, items, served)
    marker = next
  } while (marker)
}

const page = async (
  { sdk, client, send }: ElbContext,
  call: Call,
  which: DescribeLoadBalancersCommandInput,
): Promise<{ items: SdkLoadBalancer[]; next: string | undefined }> => {
  const command = new sdk.DescribeLoadBalancersCommand(which)
  const output = await send({ action: 'DescribeLoadBalancers', effect: 'read', call }, command, (options) =>
    client.send(command, options),
  )
  return { items: output.LoadBalancers ?? [], next: output.NextMarker }
}

const describeAll = async (
  context: ElbContext,
  call: Call,
  balancers: readonly SdkLoadBalancer[],
  served: ReadonlyMap<string, string[]>,
): Promise<LoadBalancer[]> => {
  const tags = await tagsOf(
    context,
    call,
    balancers.flatMap(({ LoadBalancerArn }) => LoadBalancerArn ?? []),
  )
  return balancers.map((balancer) => {
    // AWS describes no load balancer without an ARN.
    const arn = balancer.LoadBalancerArn ?? ''
    return toLoadBalancer(context, balancer, tags.get(arn) ?? {}, (served.get(arn) ?? []).toSorted())
  })
}

const toLoadBalancer = (
  { account, region }: ElbContext,
  balancer: SdkLoadBalancer,
  tags: Record<string, string>,
  targetGroupArns: string[],
): LoadBalancer => {
  const arn = balancer.LoadBalancerArn ?? ''
  const zones = balancer.AvailabilityZones ?? []
  return {
    id: arn.slice(arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length),
    arn,
    account,
    region,
    name: balancer.LoadBalancerName ?? '',
    state: balancer.State?.Code ?? 'active',
    loadBalancerType: balancer.Type ?? 'application',
    scheme: balancer.Scheme || null,
    dnsName: balancer.DNSName ?? null,
    vpcId: balancer.VpcId ?? null,
    // AWS tells them in any order.
    availabilityZones: zones.flatMap(({ ZoneName }) => ZoneName ?? []).sort(),
    subnetIds: zones.flatMap(({ SubnetId }) => SubnetId ?? []).sort(),
    securityGroupIds: (balancer.SecurityGroups ?? []).toSorted(),
    targetGroupArns,
    createdAt: balancer.CreatedTime?.toISOString() ?? null,
    tags,
    raw: toJson(balancer),
  }
}
