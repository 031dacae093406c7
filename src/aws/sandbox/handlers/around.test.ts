import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { AutoScalingGroupsType as AutoScalingGroups } from '@aws-sdk/client-auto-scaling'
import type { GetResourceOutput } from '@aws-sdk/client-cloudcontrol'
import type { GetMetricDataOutput } from '@aws-sdk/client-cloudwatch'
import type {
  DescribeAddressesResult,
  DescribeImagesResult,
  DescribeInstancesResult,
  DescribeKeyPairsResult,
  DescribeSecurityGroupsResult,
  DescribeSnapshotsResult,
  DescribeSubnetsResult,
  DescribeTagsResult,
  DescribeVolumesResult,
  DescribeVpcsResult,
  Instance,
} from '@aws-sdk/client-ec2'
import type { ListRolesResponse } from '@aws-sdk/client-iam'
import type {
  DescribeListenersOutput,
  DescribeLoadBalancersOutput,
  DescribeTagsOutput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { ask, createFakeClock, temporarySandbox } from '../../testing/host.ts'

// What stands around machines. Rules and error codes as AWS documents them:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html
const clock = createFakeClock()
const sandbox = temporarySandbox({ clock, size: 1500 })
const host = sandbox.open()
const tell = <Output extends object>(action: string, input: object, service = 'ec2'): Promise<Output> => {
  clock.advance(5)
  return ask(host)<Output>(action, input, service)
}
const elb = <Output extends object>(action: string, input: object) => tell<Output>(action, input, 'elb')
after(async () => {
  await host.close()
  sandbox.remove()
})

const refused = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error: Error) => {
    assert.equal(error.name, code)
    return true
  })
const instances = async (filters: { Name: string; Values: string[] }[] = []): Promise<Instance[]> =>
  (
    (await tell<DescribeInstancesResult>('DescribeInstances', { MaxResults: 1000, Filters: filters })).Reservations ??
    []
  ).flatMap(({ Instances }) => Instances ?? [])
const ids = <Item>(items: Item[] | undefined, key: keyof Item): Set<unknown> =>
  new Set((items ?? []).map((item) => item[key]))

test('what DescribeInstances says of networks, keys and images is what their own calls show', async () => {
  const all = await instances()
  const { Vpcs } = await tell<DescribeVpcsResult>('DescribeVpcs', {})
  const { Subnets } = await tell<DescribeSubnetsResult>('DescribeSubnets', {})
  const { SecurityGroups } = await tell<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {})
  const { KeyPairs } = await tell<DescribeKeyPairsResult>('DescribeKeyPairs', {})
  const { Images } = await tell<DescribeImagesResult>('DescribeImages', { Owners: ['self'] })
  const subnets = new Map((Subnets ?? []).map((subnet) => [subnet.SubnetId, subnet]))
  const groups = new Map((SecurityGroups ?? []).map((group) => [group.GroupId, group]))
  const keys = ids(KeyPairs, 'KeyName')
  let ownImages = 0
  for (const instance of all) {
    assert.ok(ids(Vpcs, 'VpcId').has(instance.VpcId))
    const subnet = subnets.get(instance.SubnetId)
    assert.deepEqual([subnet?.VpcId, subnet?.AvailabilityZone], [instance.VpcId, instance.Placement?.AvailabilityZone])
    assert.equal(instance.SecurityGroups?.length, 1)
    for (const { GroupId, GroupName } of instance.SecurityGroups) {
      const group = groups.get(GroupId)
      assert.deepEqual([group?.GroupName, group?.VpcId], [GroupName, instance.VpcId])
    }
    assert.ok(instance.KeyName === undefined || keys.has(instance.KeyName))
    if (ids(Images, 'ImageId').has(instance.ImageId)) ownImages++
  }
  assert.ok(ownImages > 0 && ownImages < all.length)
  assert.ok(all.some(({ KeyName }) => KeyName === undefined))
  const profiles = all.flatMap(({ IamInstanceProfile }) => IamInstanceProfile ?? [])
  assert.ok(profiles.length > 0 && profiles.length < all.length)
  const { Roles } = await tell<ListRolesResponse>('ListRoles', { MaxItems: 1000 }, 'iam')
  const roles = ids(Roles, 'RoleName')
  for (const { Arn, Id } of profiles) {
    assert.ok(roles.has(Arn?.replace(/.*\//, '')))
    assert.match(Arn ?? '', /^arn:aws:iam::777788889999:instance-profile\/[a-z-]+$/)
    assert.match(Id ?? '', /^AIPA[0-9A-F]{17}$/)
  }
  // Addresses that are left: those of the subnet, less AWS's five and the machines'.
  const used = Map.groupBy(all, ({ SubnetId }) => SubnetId)
  for (const [id, subnet] of subnets) {
    assert.equal(subnet.AvailableIpAddressCount, 2 ** 13 - 5 - (used.get(id)?.length ?? 0))
  }
})

test('filters hold, pages hold so many, and what a token leads to comes once', async () => {
  const [first] = await instances()
  const inVpc = [{ Name: 'vpc-id', Values: [first?.VpcId ?? ''] }]
  const { Subnets } = await tell<DescribeSubnetsResult>('DescribeSubnets', { Filters: inVpc })
  assert.equal(Subnets?.length, 6)
  const open = await tell<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {
    Filters: [
      { Name: 'ip-permission.cidr', Values: ['0.0.0.0/0'] },
      { Name: 'ip-permission.from-port', Values: ['22'] },
    ],
  })
  assert.ok((open.SecurityGroups?.length ?? 0) >= 2)
  const seen: (string | undefined)[] = []
  let NextToken: string | undefined
  do {
    const page: DescribeSnapshotsResult = await tell('DescribeSnapshots', {
      OwnerIds: ['self'],
      MaxResults: 7,
      ...(NextToken === undefined ? {} : { NextToken }),
    })
    assert.ok((page.Snapshots?.length ?? 0) <= 7)
    seen.push(...(page.Snapshots ?? []).map(({ SnapshotId }) => SnapshotId))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  assert.ok(seen.length > 50)
  assert.equal(new Set(seen).size, seen.length)
  const some = await tell<DescribeSnapshotsResult>('DescribeSnapshots', {
    Filters: [{ Name: 'snapshot-id', Values: [seen[3], 'snap-0123456789abcdef0'] }],
  })
  assert.deepEqual([...ids(some.Snapshots, 'SnapshotId')], [seen[3]])
  const others = await tell<DescribeSnapshotsResult>('DescribeSnapshots', { OwnerIds: ['amazon'] })
  assert.deepEqual(others.Snapshots, [])
})

test('unknown ids are refused with the codes of EC2', async () => {
  await refused(tell('DescribeSecurityGroups', { GroupIds: ['sg-0123456789abcdef0'] }), 'InvalidGroup.NotFound')
  await refused(tell('DescribeSecurityGroups', { GroupIds: ['web'] }), 'InvalidGroupId.Malformed')
  await refused(tell('DescribeSecurityGroups', { GroupNames: ['web'] }), 'InvalidGroup.NotFound')
  await refused(tell('DescribeVpcs', { VpcIds: ['vpc-0123456789abcdef0'] }), 'InvalidVpcID.NotFound')
  await refused(tell('DescribeSubnets', { SubnetIds: ['subnet-0123456789abcdef0'] }), 'InvalidSubnetID.NotFound')
  await refused(
    tell('DescribeAddresses', { AllocationIds: ['eipalloc-0123456789abcdef0'] }),
    'InvalidAllocationID.NotFound',
  )
  await refused(tell('DescribeAddresses', { PublicIps: ['192.0.2.1'] }), 'InvalidAddress.NotFound')
  await refused(tell('DescribeKeyPairs', { KeyNames: ['nobody'] }), 'InvalidKeyPair.NotFound')
  await refused(tell('DescribeSnapshots', { SnapshotIds: ['snap-0123456789abcdef0'] }), 'InvalidSnapshot.NotFound')
  await refused(tell('DescribeSnapshots', { SnapshotIds: ['x'] }), 'InvalidSnapshotID.Malformed')
  await refused(tell('DescribeImages', { ImageIds: ['ami-0123456789abcdef0'] }), 'InvalidAMIID.NotFound')
  for (const name of ['__proto__', 'constructor', 'nonsense'])
    await refused(tell('DescribeVpcs', { Filters: [{ Name: name, Values: ['x'] }] }), 'InvalidParameterValue')
  await refused(tell('DescribeVpcs', { DryRun: true }), 'DryRunOperation')
})

test('Elastic IPs are at the instances that have them, and some at none', async () => {
  const { Addresses } = await tell<DescribeAddressesResult>('DescribeAddresses', {})
  const byInstance = new Map((await instances()).map((instance) => [instance.InstanceId, instance]))
  let free = 0
  for (const address of Addresses ?? []) {
    if (address.InstanceId === undefined) {
      free++
      assert.equal(address.AssociationId, undefined)
      continue
    }
    const instance = byInstance.get(address.InstanceId)
    assert.deepEqual(
      [instance?.PublicIpAddress, instance?.PrivateIpAddress, instance?.NetworkInterfaces?.[0]?.NetworkInterfaceId],
      [address.PublicIp, address.PrivateIpAddress, address.NetworkInterfaceId],
    )
    assert.equal(instance?.NetworkInterfaces?.[0]?.Association?.IpOwnerId, '777788889999')
  }
  assert.ok(free >= 1 && (Addresses?.length ?? 0) > free)
})

test('an Elastic IP is let go of by a machine that is terminated', async () => {
  const { Addresses } = await tell<DescribeAddressesResult>('DescribeAddresses', {})
  for (const { InstanceId, AllocationId } of Addresses ?? []) {
    if (InstanceId === undefined) continue
    const ended = await tell('TerminateInstances', { InstanceIds: [InstanceId] }).catch(() => undefined)
    if (ended === undefined) continue
    clock.advance(60)
    const after = await tell<DescribeAddressesResult>('DescribeAddresses', { AllocationIds: [AllocationId] })
    assert.deepEqual([after.Addresses?.[0]?.InstanceId, after.Addresses?.[0]?.AssociationId], [undefined, undefined])
    return
  }
  assert.fail('no machine with an Elastic IP could be terminated')
})

test("the seed's snapshots and images can be deleted, in AWS's order, and stay deleted", async () => {
  const { Images } = await tell<DescribeImagesResult>('DescribeImages', { Owners: ['self'] })
  const image = Images?.at(-1)
  const snapshotId = image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? ''
  const { Snapshots } = await tell<DescribeSnapshotsResult>('DescribeSnapshots', { SnapshotIds: [snapshotId] })
  assert.match(
    Snapshots?.[0]?.Description ?? '',
    new RegExp(`^Created by CreateImage\\(i-\\w+\\) for ${image?.ImageId}$`),
  )
  await refused(tell('DeleteSnapshot', { SnapshotId: snapshotId }), 'InvalidSnapshot.InUse')
  const [instance] = (await instances([{ Name: 'instance-state-name', Values: ['running'] }])).filter(
    ({ RootDeviceType }) => RootDeviceType === 'ebs',
  )
  const sameName = { InstanceId: instance?.InstanceId, Name: image?.Name, NoReboot: true }
  await refused(tell('CreateImage', sameName), 'InvalidAMIName.Duplicate')
  await tell('DeregisterImage', { ImageId: image?.ImageId })
  await refused(tell('DescribeImages', { ImageIds: [image?.ImageId] }), 'InvalidAMIID.NotFound')
  await tell('CreateImage', sameName)
  const now = await tell<DescribeImagesResult>('DescribeImages', { Owners: ['self'] })
  assert.equal(now.Images?.length, Images?.length)
  await tell('DeleteSnapshot', { SnapshotId: snapshotId })
  await refused(tell('DeleteSnapshot', { SnapshotId: snapshotId }), 'InvalidSnapshot.NotFound')
  const left = await tell<DescribeSnapshotsResult>('DescribeSnapshots', { OwnerIds: ['self'] })
  assert.ok(!ids(left.Snapshots, 'SnapshotId').has(snapshotId))
})

test('root volumes come from the snapshot of the image that their machine was launched from', async () => {
  const { Images } = await tell<DescribeImagesResult>('DescribeImages', { Owners: ['self'] })
  const ofImage = new Map(
    (Images ?? []).map(({ ImageId, BlockDeviceMappings }) => [ImageId, BlockDeviceMappings?.[0]?.Ebs?.SnapshotId]),
  )
  const launched = (await instances()).filter(
    ({ ImageId, BlockDeviceMappings }) => ofImage.has(ImageId) && BlockDeviceMappings?.length,
  )
  assert.ok(launched.length > 0)
  for (const { ImageId, BlockDeviceMappings } of launched.slice(0, 20)) {
    const { Volumes } = await tell<DescribeVolumesResult>('DescribeVolumes', {
      VolumeIds: [BlockDeviceMappings?.[0]?.Ebs?.VolumeId],
    })
    assert.equal(Volumes?.[0]?.SnapshotId, ofImage.get(ImageId))
  }
})

test('everything of EC2 takes tags, and DescribeTags tells them', async () => {
  const first = async (action: string, list: string, id: string): Promise<string> => {
    const output = await tell<Record<string, Record<string, unknown>[]>>(action, {})
    return String(output[list]?.[0]?.[id])
  }
  const resources = [
    await first('DescribeSnapshots', 'Snapshots', 'SnapshotId'),
    await first('DescribeImages', 'Images', 'ImageId'),
    await first('DescribeSecurityGroups', 'SecurityGroups', 'GroupId'),
    await first('DescribeVpcs', 'Vpcs', 'VpcId'),
    await first('DescribeSubnets', 'Subnets', 'SubnetId'),
    await first('DescribeAddresses', 'Addresses', 'AllocationId'),
    await first('DescribeKeyPairs', 'KeyPairs', 'KeyPairId'),
    await first('DescribeVolumes', 'Volumes', 'VolumeId'),
  ]
  await tell('CreateTags', { Resources: resources, Tags: [{ Key: 'reviewed', Value: 'yes' }] })
  const tagged = async () =>
    (await tell<DescribeTagsResult>('DescribeTags', { Filters: [{ Name: 'key', Values: ['reviewed'] }] })).Tags
  assert.deepEqual(
    new Map((await tagged())?.map(({ ResourceId, ResourceType }) => [ResourceId, ResourceType])),
    new Map(
      ['snapshot', 'image', 'security-group', 'vpc', 'subnet', 'elastic-ip', 'key-pair', 'volume'].map(
        (type, index) => [resources[index], type],
      ),
    ),
  )
  const byTag = [{ Name: 'tag:reviewed', Values: ['yes'] }]
  const { SecurityGroups } = await tell<DescribeSecurityGroupsResult>('DescribeSecurityGroups', { Filters: byTag })
  assert.deepEqual([...ids(SecurityGroups, 'GroupId')], [resources[2]])
  await tell('DeleteTags', { Resources: resources, Tags: [{ Key: 'reviewed' }] })
  assert.deepEqual(await tagged(), [])
  const tags = { Tags: [{ Key: 'a', Value: 'b' }] }
  await refused(tell('CreateTags', { Resources: ['vpc-0123456789abcdef0'], ...tags }), 'InvalidVpcID.NotFound')
  await refused(tell('CreateTags', { Resources: ['key-0123456789abcdef0'], ...tags }), 'InvalidKeyPair.NotFound')
  await refused(tell('CreateTags', { Resources: ['constructor-1'], ...tags }), 'InvalidID')
})

test('tags of tasks are found on what the seed made and on what calls made', async () => {
  const { Snapshots } = await tell<DescribeSnapshotsResult>('DescribeSnapshots', { OwnerIds: ['self'] })
  const { Images } = await tell<DescribeImagesResult>('DescribeImages', { Owners: ['self'] })
  const [snapshot, image] = [Snapshots?.[9]?.SnapshotId ?? '', Images?.[0]?.ImageId ?? '']
  const Tags = [{ Key: 'orchestrator:step', Value: 'one' }]
  await tell('CreateTags', { Resources: [snapshot, image], Tags })
  const [machine] = (await instances([{ Name: 'instance-state-name', Values: ['running'] }])).filter(
    ({ BlockDeviceMappings }) => BlockDeviceMappings?.length,
  )
  const made = await tell<DescribeSnapshotsResult>('CreateSnapshots', {
    InstanceSpecification: { InstanceId: machine?.InstanceId },
    TagSpecifications: [{ ResourceType: 'snapshot', Tags }],
  })
  const Filters = [{ Name: 'tag:orchestrator:step', Values: ['one', 'two'] }]
  const found = await tell<DescribeSnapshotsResult>('DescribeSnapshots', { Filters, MaxResults: 1000 })
  assert.deepEqual(
    ids(found.Snapshots, 'SnapshotId'),
    new Set([snapshot, ...(made.Snapshots ?? []).map(({ SnapshotId }) => SnapshotId)]),
  )
  const images = await tell<DescribeImagesResult>('DescribeImages', { Filters })
  assert.deepEqual(ids(images.Images, 'ImageId'), new Set([image]))
})

test('load balancers, their listeners and target groups name each other', async () => {
  const { LoadBalancers } = await elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', {})
  const { TargetGroups } = await elb<DescribeTargetGroupsOutput>('DescribeTargetGroups', {})
  const { SecurityGroups } = await tell<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {})
  const { Subnets } = await tell<DescribeSubnetsResult>('DescribeSubnets', {})
  assert.ok((LoadBalancers?.length ?? 0) > 5)
  for (const balancer of LoadBalancers ?? []) {
    const own = await elb<DescribeTargetGroupsOutput>('DescribeTargetGroups', {
      LoadBalancerArn: balancer.LoadBalancerArn,
    })
    const naming = TargetGroups?.filter(({ LoadBalancerArns }) =>
      LoadBalancerArns?.includes(balancer.LoadBalancerArn ?? ''),
    )
    assert.deepEqual(ids(own.TargetGroups, 'TargetGroupArn'), ids(naming, 'TargetGroupArn'))
    for (const id of balancer.SecurityGroups ?? []) assert.ok(ids(SecurityGroups, 'GroupId').has(id))
    assert.equal(balancer.SecurityGroups?.length, balancer.Type === 'network' ? 0 : 1)
    assert.equal(balancer.AvailabilityZones?.length, 3)
    for (const { SubnetId } of balancer.AvailabilityZones ?? []) assert.ok(ids(Subnets, 'SubnetId').has(SubnetId))
    const { Listeners } = await elb<DescribeListenersOutput>('DescribeListeners', {
      LoadBalancerArn: balancer.LoadBalancerArn,
    })
    const forwarded = (Listeners ?? []).flatMap(({ DefaultActions }) =>
      (DefaultActions ?? []).flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []),
    )
    assert.deepEqual(new Set<unknown>(forwarded), ids(naming, 'TargetGroupArn'))
  }
  const arns = (LoadBalancers ?? []).slice(0, 3).map(({ LoadBalancerArn }) => LoadBalancerArn)
  const { TagDescriptions } = await elb<DescribeTagsOutput>('DescribeTags', { ResourceArns: arns })
  for (const { Tags } of TagDescriptions ?? []) assert.ok(Tags?.some(({ Key }) => Key === 'Name'))
  const page = await elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', { PageSize: 2 })
  const next = await elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', { PageSize: 2, Marker: page.NextMarker })
  assert.deepEqual(
    [...(page.LoadBalancers ?? []), ...(next.LoadBalancers ?? [])].map(({ LoadBalancerArn }) => LoadBalancerArn),
    (LoadBalancers ?? []).slice(0, 4).map(({ LoadBalancerArn }) => LoadBalancerArn),
  )
})

test("what Elastic Load Balancing doesn't know is refused whole", async () => {
  const { LoadBalancers } = await elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', { PageSize: 1 })
  const known = LoadBalancers?.[0]?.LoadBalancerArn ?? ''
  const unknown = `${known.slice(0, -16)}0123456789abcdef`
  await refused(elb('DescribeLoadBalancers', { LoadBalancerArns: [known, unknown] }), 'LoadBalancerNotFoundException')
  await refused(elb('DescribeLoadBalancers', { Names: ['nobody'] }), 'LoadBalancerNotFoundException')
  await refused(elb('DescribeTargetGroups', { LoadBalancerArn: unknown }), 'LoadBalancerNotFoundException')
  await refused(elb('DescribeTags', { ResourceArns: [unknown] }), 'LoadBalancerNotFoundException')
  await refused(elb('DescribeTargetHealth', { TargetGroupArn: unknown }), 'TargetGroupNotFoundException')
  await refused(elb('DescribeLoadBalancers', { PageSize: 401 }), 'ValidationError')
  await refused(elb('DescribeLoadBalancers', { Marker: 'made up' }), 'ValidationError')
  await refused(elb('DescribeListeners', {}), 'ValidationError')
})

test('a target is healthy while its machine runs, unused while it is stopped, and initial until its checks pass', async () => {
  const { TargetGroups } = await elb<DescribeTargetGroupsOutput>('DescribeTargetGroups', {})
  const health = async (arn: string | undefined, id?: string) =>
    (
      await elb<DescribeTargetHealthOutput>('DescribeTargetHealth', {
        TargetGroupArn: arn,
        ...(id === undefined ? {} : { Targets: [{ Id: id }] }),
      })
    ).TargetHealthDescriptions ?? []
  const states = new Map((await instances()).map((instance) => [instance.InstanceId, instance]))
  let tried: [arn: string | undefined, id: string] | undefined
  for (const { TargetGroupArn, LoadBalancerArns } of TargetGroups ?? []) {
    for (const { Target, TargetHealth } of await health(TargetGroupArn)) {
      const instance = states.get(Target?.Id)
      if (LoadBalancerArns?.length === 0) assert.equal(TargetHealth?.Reason, 'Target.NotInUse')
      else if (instance?.State?.Name === 'stopped')
        assert.deepEqual([TargetHealth?.State, TargetHealth?.Reason], ['unused', 'Target.InvalidState'])
      else assert.match(TargetHealth?.State ?? '', /^(?:healthy|unhealthy)$/)
      if (TargetHealth?.State === 'healthy' && instance?.InstanceLifecycle === undefined) {
        const stopped = tried ?? (await tell('StopInstances', { InstanceIds: [Target?.Id] }).catch(() => undefined))
        if (stopped !== undefined) tried ??= [TargetGroupArn, Target?.Id ?? '']
      }
    }
  }
  assert.ok(tried !== undefined, 'no healthy target could be stopped')
  const see = async () => (await health(...tried))[0]?.TargetHealth
  clock.advance(60)
  assert.deepEqual([(await see())?.State, (await see())?.Reason], ['unused', 'Target.InvalidState'])
  await tell('StartInstances', { InstanceIds: [tried[1]] })
  assert.equal((await see())?.Reason, 'Elb.RegistrationInProgress')
  clock.advance(31)
  assert.equal((await see())?.Reason, 'Elb.InitialHealthChecking')
  clock.advance(120)
  assert.equal((await see())?.State, 'healthy')
})

test('Auto Scaling groups have the machines with their tag, and are found by name and by tag', async () => {
  const { AutoScalingGroups } = await tell<AutoScalingGroups>('DescribeAutoScalingGroups', {}, 'autoscaling')
  assert.ok((AutoScalingGroups?.length ?? 0) >= 3)
  for (const group of AutoScalingGroups ?? []) {
    const tagged = await instances([
      { Name: 'tag:aws:autoscaling:groupName', Values: [group.AutoScalingGroupName ?? ''] },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
    ])
    assert.deepEqual(ids(group.Instances, 'InstanceId'), ids(tagged, 'InstanceId'))
    const subnets = (group.VPCZoneIdentifier ?? '').split(',')
    for (const { SubnetId } of tagged) assert.ok(subnets.includes(SubnetId ?? ''))
  }
  const [first, second] = (AutoScalingGroups ?? []).map(({ AutoScalingGroupName }) => AutoScalingGroupName ?? '')
  const named = async (input: object) =>
    ids(
      (await tell<AutoScalingGroups>('DescribeAutoScalingGroups', input, 'autoscaling')).AutoScalingGroups,
      'AutoScalingGroupName',
    )
  assert.deepEqual(await named({ AutoScalingGroupNames: [second, 'nobody'] }), new Set([second]))
  assert.deepEqual(await named({ Filters: [{ Name: 'tag:Name', Values: [first] }] }), new Set([first]))
  const page = await tell<AutoScalingGroups>('DescribeAutoScalingGroups', { MaxRecords: 1 }, 'autoscaling')
  assert.deepEqual(ids(page.AutoScalingGroups, 'AutoScalingGroupName'), new Set([first]))
  assert.deepEqual(await named({ MaxRecords: 1, NextToken: page.NextToken }), new Set([second]))
  await refused(tell('DescribeAutoScalingGroups', { MaxRecords: 101 }, 'autoscaling'), 'ValidationError')
})

test('an account and Region where the estate has nothing has none of this', async () => {
  const nowhere = ask(host, { account: '777788889999', region: 'ap-south-1' })
  for (const [action, list] of [
    ['DescribeVpcs', 'Vpcs'],
    ['DescribeSubnets', 'Subnets'],
    ['DescribeSecurityGroups', 'SecurityGroups'],
    ['DescribeAddresses', 'Addresses'],
    ['DescribeKeyPairs', 'KeyPairs'],
    ['DescribeSnapshots', 'Snapshots'],
    ['DescribeImages', 'Images'],
  ] as const)
    assert.deepEqual(await nowhere<Record<string, unknown>>(action, {}), { [list]: [] })
  assert.deepEqual(await nowhere('DescribeLoadBalancers', {}, 'elb'), { LoadBalancers: [] })
  assert.deepEqual(await nowhere('DescribeAutoScalingGroups', {}, 'autoscaling'), { AutoScalingGroups: [] })
})

test('encrypted volumes name a key that Cloud Control knows; only of leftovers one is disabled', async () => {
  const { Volumes = [] } = await tell<DescribeVolumesResult>('DescribeVolumes', { MaxResults: 1000 })
  const used = new Map<string, boolean>()
  for (const { Encrypted, KmsKeyId, State } of Volumes) {
    assert.equal(KmsKeyId !== undefined, Encrypted)
    if (KmsKeyId !== undefined) used.set(KmsKeyId, (used.get(KmsKeyId) ?? false) || State === 'in-use')
  }
  const enabled = new Map<string, boolean>()
  for (const arn of used.keys()) {
    const [, , service, , account, key = ''] = arn.split(':')
    assert.deepEqual([service, account], ['kms', '777788889999'])
    const Identifier = key.slice('key/'.length)
    const found = await tell<GetResourceOutput>(
      'GetResource',
      { TypeName: 'AWS::KMS::Key', Identifier },
      'cloudcontrol',
    )
    const { Arn, Enabled } = JSON.parse(found.ResourceDescription?.Properties ?? '{}') as Record<string, unknown>
    assert.equal(Arn, arn)
    enabled.set(arn, Enabled === true)
  }
  assert.deepEqual([...enabled.values()].sort(), [false, true, true])
  for (const [arn, isEnabled] of enabled) if (!isEnabled) assert.equal(used.get(arn), false)
  await refused(
    tell('GetResource', { TypeName: 'AWS::KMS::Key', Identifier: 'no-such-key' }, 'cloudcontrol'),
    'ResourceNotFoundException',
  )
})

test('the vCPUs that run come with the quota that they count against, which has room', async () => {
  const Dimensions = Object.entries({ Service: 'EC2', Type: 'Resource', Resource: 'vCPU', Class: 'Standard/OnDemand' })
  const usage = {
    Id: 'used',
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Usage',
        MetricName: 'ResourceCount',
        Dimensions: Dimensions.map(([Name, Value]) => ({ Name, Value })),
      },
      Period: 300,
      Stat: 'Maximum',
    },
  }
  const { MetricDataResults } = await tell<GetMetricDataOutput>(
    'GetMetricData',
    {
      StartTime: new Date(clock.now().getTime() - 1_800_000),
      EndTime: clock.now(),
      MetricDataQueries: [usage, { Id: 'quota', Expression: 'SERVICE_QUOTA(used)' }],
    },
    'cloudwatch',
  )
  const [used, quota] = ['used', 'quota'].map((id) => MetricDataResults?.find(({ Id }) => Id === id)?.Values?.[0] ?? 0)
  assert.ok(used !== undefined && quota !== undefined && used > 0 && used < quota, `${used} of ${quota}`)
  await refused(
    tell(
      'GetMetricData',
      {
        StartTime: new Date(clock.now().getTime() - 1_800_000),
        EndTime: clock.now(),
        MetricDataQueries: [usage, { Id: 'sum', Expression: 'SUM(METRICS())' }],
      },
      'cloudwatch',
    ),
    'ValidationError',
  )
})
