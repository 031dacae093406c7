import type { Ec2Instance } from '#aws/ec2.ts'
import { monthlyUsdOfInstance, priceSource } from '#aws/prices.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'ec2.instance'
const transitionalStates = ['pending', 'stopping', 'shutting-down']

export const observeInstance = (instance: Ec2Instance): Observed => {
  // List prices are on-demand prices; what a Spot instance costs is unknown here.
  const priceIn = (state: string): number | null =>
    instance.lifecycle === 'spot' ? null : monthlyUsdOfInstance(instance.instanceType, instance.region, state)
  const monthlyUsd = priceIn(instance.state)
  return {
    id: instance.arn,
    awsId: instance.id,
    type,
    service: 'ec2',
    account: instance.account,
    region: instance.region,
    name: instance.tags['Name'] ?? null,
    state: instance.state,
    tags: instance.tags,
    cost: monthlyUsd === null ? null : { monthlyUsd, source: priceSource },
    summary: {
      instanceType: instance.instanceType,
      availabilityZone: instance.availabilityZone,
      privateIp: instance.privateIp,
      publicIp: instance.publicIp,
      launchedAt: instance.launchedAt,
      lifecycle: instance.lifecycle,
      platform: instance.platform,
      vpcId: instance.vpcId,
      subnetId: instance.subnetId,
      securityGroupIds: instance.securityGroupIds,
      keyName: instance.keyName,
      iamInstanceProfileArn: instance.iamInstanceProfileArn,
      imageId: instance.imageId,
      volumeIds: instance.volumeIds,
      /** What it costs while it runs, whatever its state is now. */
      runningMonthlyUsd: priceIn('running'),
    },
    config: instance.raw,
  }
}

export const ec2Instance: ResourceType = {
  type,
  service: 'ec2',
  iamActions: ['ec2:DescribeInstances'],
  isAwsId: (awsId) => /^i-[0-9a-f]{1,32}$/.test(awsId),
  awsIdOf: (resource) => (resource.startsWith('instance/') ? resource.slice('instance/'.length) : null),
  list: async function* ({ aws, account, region, call }) {
    const ec2 = await aws.ec2(account, region)
    for await (const page of ec2.listInstances(call)) yield page.map(observeInstance)
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const ec2 = await aws.ec2(account, region)
    return (await ec2.describeInstances(call, awsIds)).map(observeInstance)
  },
  listMoving: async function* ({ aws, account, region, call }) {
    const ec2 = await aws.ec2(account, region)
    for await (const page of ec2.listInstances(call, { states: transitionalStates })) yield page.map(observeInstance)
  },
  transitionalStates,
}
