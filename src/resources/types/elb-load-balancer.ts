import type { LoadBalancer } from '#aws/elb.ts'
import { monthlyUsdOfLoadBalancer, priceSource } from '#aws/prices.ts'
import { readType } from './read-type.ts'

export const elbLoadBalancer = readType<LoadBalancer>({
  type: 'elb.load-balancer',
  service: 'elb',
  arnService: 'elasticloadbalancing',
  iamActions: [
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTags',
    'elasticloadbalancing:DescribeTargetGroups',
  ],
  // As CloudWatch calls it, and as its ARN ends.
  isAwsId: (awsId) => /^(?:app|net|gwy)\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}$/.test(awsId),
  // A Classic Load Balancer has a name only.
  arnResource: (resource) => /^loadbalancer\/((?:app|net|gwy)\/.+)$/.exec(resource)?.[1] ?? null,
  reader: async ({ aws, account, region }) => (await aws.elb(account, region)).loadBalancers,
  observe: (balancer) => {
    const monthlyUsd = monthlyUsdOfLoadBalancer(balancer.loadBalancerType, balancer.region)
    return {
      name: balancer.name,
      state: balancer.state,
      cost: { monthlyUsd, source: priceSource },
      summary: {
        loadBalancerType: balancer.loadBalancerType,
        scheme: balancer.scheme,
        dnsName: balancer.dnsName,
        vpcId: balancer.vpcId,
        availabilityZones: balancer.availabilityZones,
        subnetIds: balancer.subnetIds,
        securityGroupIds: balancer.securityGroupIds,
        targetGroupArns: balancer.targetGroupArns,
        createdAt: balancer.createdAt,
      },
    }
  },
  transitionalStates: ['provisioning'],
})
