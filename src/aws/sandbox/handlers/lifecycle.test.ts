import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type {
  CreateImageResult,
  CreateSnapshotsResult,
  DescribeImagesResult,
  DescribeInstancesResult,
  DescribeInstanceTypeOfferingsResult,
  DescribeSnapshotsResult,
  DescribeVolumesResult,
  Instance,
  Snapshot,
} from '@aws-sdk/client-ec2'
import { ask, createFakeClock, temporarySandbox } from '../../testing/host.ts'

// What is changed, made and terminated. Rules and error codes as AWS documents them:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
const clock = createFakeClock()
const sandbox = temporarySandbox({ clock, size: 1500 })
let host = sandbox.open()
let tell = ask(host)
after(async () => {
  await host.close()
  sandbox.remove()
})
const reopen = async (): Promise<void> => {
  await host.close()
  host = sandbox.open()
  tell = ask(host)
}

/** Buckets fill up with time; tests in one file would otherwise throttle each other. */
const rest = (): void => clock.advance(120)
const find = async (ids?: string[]): Promise<Instance[]> => {
  rest()
  const Filters = ids === undefined ? [] : [{ Name: 'instance-id', Values: ids }]
  const { Reservations } = await tell<DescribeInstancesResult>('DescribeInstances', { MaxResults: 1000, Filters })
  return (Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])
}
const see = async (id: string): Promise<Instance> => {
  const [instance] = await find([id])
  assert.ok(instance !== undefined)
  return instance
}
const protects = async (id: string, attribute: 'DisableApiStop' | 'DisableApiTermination'): Promise<boolean> => {
  rest()
  const answer = await tell<Record<string, { Value?: boolean } | undefined>>('DescribeInstanceAttribute', {
    InstanceId: id,
    Attribute: attribute.replace('D', 'd'),
  })
  return answer[attribute]?.Value === true
}
const taken = new Set<string>()
/** A running instance that nothing protects and no other test has. */
const fresh = async (claim: (instance: Instance) => boolean = () => true): Promise<Instance> => {
  for (const instance of await find()) {
    const id = instance.InstanceId ?? ''
    const isPlain = instance.RootDeviceType === 'ebs' && instance.InstanceLifecycle === undefined
    if (taken.has(id) || !isPlain || instance.State?.Name !== 'running' || !claim(instance)) continue
    if ((await protects(id, 'DisableApiStop')) || (await protects(id, 'DisableApiTermination'))) continue
    taken.add(id)
    return instance
  }
  return assert.fail('no such instance')
}
const idOf = ({ InstanceId }: Instance): string => InstanceId ?? ''
const refused = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error: Error) => {
    assert.equal(error.name, code)
    return true
  })
const effectsOf = async (id: string, action: string): Promise<[accepted: number, changed: number]> => {
  const effect = (await host.control.effects([id])).find((one) => one.action === action)
  return [effect?.accepted ?? 0, effect?.changed ?? 0]
}
const setType = (id: string, type: string) =>
  tell('ModifyInstanceAttribute', { InstanceId: id, InstanceType: { Value: type } })
const stop = async (id: string): Promise<void> => {
  await tell('StopInstances', { InstanceIds: [id] })
  rest()
}

test('the type changes while the instance is stopped, and only to one that fits', async () => {
  const id = idOf(await fresh(({ Architecture }) => Architecture === 'x86_64'))
  await refused(setType(id, 'm5.xlarge'), 'IncorrectInstanceState')
  await stop(id)
  await refused(setType(id, 'm9z.huge'), 'InvalidParameterValue')
  await refused(setType(id, 'm7g.large'), 'InvalidParameterValue')
  await setType(id, 'm5.xlarge')
  await setType(id, 'm5.xlarge')
  assert.deepEqual(await effectsOf(id, 'ModifyInstanceAttribute'), [2, 1])
  assert.equal((await see(id)).InstanceType, 'm5.xlarge')
  await reopen()
  assert.equal((await see(id)).InstanceType, 'm5.xlarge')
  await tell('StartInstances', { InstanceIds: [id] })
  rest()
  assert.equal((await see(id)).State?.Name, 'running')
})

test('a type that the zone does not have can be set, and the start is refused', async () => {
  const id = idOf(
    await fresh(
      ({ Architecture, Placement }) => Architecture === 'x86_64' && Placement?.AvailabilityZone?.endsWith('c') === true,
    ),
  )
  const { InstanceTypeOfferings } = await tell<DescribeInstanceTypeOfferingsResult>('DescribeInstanceTypeOfferings', {
    LocationType: 'availability-zone',
    Filters: [{ Name: 'instance-type', Values: ['m7i.large'] }],
  })
  assert.deepEqual(
    InstanceTypeOfferings?.map(({ Location }) => Location),
    ['us-east-1a', 'us-east-1b'],
  )
  await stop(id)
  await setType(id, 'm7i.large')
  await refused(tell('StartInstances', { InstanceIds: [id] }), 'Unsupported')
  await setType(id, 'm5.large')
  await tell('StartInstances', { InstanceIds: [id] })
})

test('one attribute a call', async () => {
  const id = idOf(await fresh())
  const both = { InstanceId: id, InstanceType: { Value: 'm5.large' }, DisableApiTermination: { Value: true } }
  await refused(tell('ModifyInstanceAttribute', both), 'InvalidParameterCombination')
  await refused(tell('ModifyInstanceAttribute', { InstanceId: id }), 'MissingParameter')
})

test('a protected instance keeps its whole zone alive; the others of the call die', async () => {
  const kept = await fresh()
  const inZone = kept.Placement?.AvailabilityZone
  const neighbour = idOf(await fresh(({ Placement }) => Placement?.AvailabilityZone === inZone))
  const elsewhere = idOf(await fresh(({ Placement }) => Placement?.AvailabilityZone !== inZone))
  await tell('ModifyInstanceAttribute', { InstanceId: idOf(kept), DisableApiTermination: { Value: true } })
  assert.equal(await protects(idOf(kept), 'DisableApiTermination'), true)
  const InstanceIds = [elsewhere, neighbour, idOf(kept)]
  await refused(tell('TerminateInstances', { InstanceIds }), 'OperationNotPermitted')
  assert.deepEqual(
    (await find(InstanceIds)).map(({ State }) => State?.Name),
    ['terminated', 'running', 'running'],
  )
  await reopen()
  assert.equal((await see(elsewhere)).State?.Name, 'terminated')
})

test('terminated: shutting down first, then shown for an hour, then as if it had never been', async () => {
  const instance = await fresh(({ BlockDeviceMappings }) => (BlockDeviceMappings?.length ?? 0) === 2)
  const id = idOf(instance)
  const [root, data] = (instance.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs?.VolumeId ?? '')
  await tell('TerminateInstances', { InstanceIds: [id] })
  await tell('TerminateInstances', { InstanceIds: [id] })
  assert.deepEqual(await effectsOf(id, 'TerminateInstances'), [2, 1])
  const soon = await tell<DescribeInstancesResult>('DescribeInstances', { InstanceIds: [id] })
  assert.equal(soon.Reservations?.[0]?.Instances?.[0]?.State?.Name, 'shutting-down')
  const seen = await see(id)
  assert.deepEqual([seen.State?.Name, seen.State?.Code], ['terminated', 48])
  assert.deepEqual(seen.BlockDeviceMappings, [])
  await refused(tell('StartInstances', { InstanceIds: [id] }), 'IncorrectInstanceState')

  const volumes = await tell<DescribeVolumesResult>('DescribeVolumes', {
    Filters: [{ Name: 'volume-id', Values: [root, data] }],
  })
  assert.deepEqual(
    volumes.Volumes?.map(({ VolumeId, State, Attachments }) => [VolumeId, State, Attachments]),
    [[data, 'available', []]],
  )
  clock.advance(3700)
  assert.deepEqual(await find([id]), [])
  await refused(tell('TerminateInstances', { InstanceIds: [id] }), 'InvalidInstanceID.NotFound')
})

test('snapshots of all volumes are pending, then completed, outlive a restart, and carry their tags', async () => {
  const instance = await fresh(({ BlockDeviceMappings }) => (BlockDeviceMappings?.length ?? 0) === 2)
  const id = idOf(instance)
  const { Snapshots } = await tell<CreateSnapshotsResult>('CreateSnapshots', {
    InstanceSpecification: { InstanceId: id },
    CopyTagsFromSource: 'volume',
    TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'orchestrator:step', Value: 'one' }] }],
  })
  assert.equal(Snapshots?.length, 2)
  assert.deepEqual(await effectsOf(id, 'CreateSnapshots'), [1, 1])
  const mine = async (): Promise<Snapshot[]> => {
    const Filters = [{ Name: 'tag:orchestrator:step', Values: ['one'] }]
    return (await tell<DescribeSnapshotsResult>('DescribeSnapshots', { Filters, MaxResults: 1000 })).Snapshots ?? []
  }
  assert.deepEqual([...new Set((await mine()).map(({ State }) => State))], ['pending'])
  await reopen()
  // The largest volume of the estate has 1,000 GiB: 60 s and 100 s more.
  clock.advance(161)
  const completed = await mine()
  assert.deepEqual([...new Set(completed.map(({ State }) => State))], ['completed'])
  assert.ok(completed[0]?.Tags?.some(({ Key, Value }) => Key === 'Name' && Value?.length))
  const [first, second] = completed.map(({ SnapshotId }) => SnapshotId ?? '')
  await tell('DeleteSnapshot', { SnapshotId: first })
  await refused(tell('DeleteSnapshot', { SnapshotId: first }), 'InvalidSnapshot.NotFound')
  assert.deepEqual(
    (await mine()).map(({ SnapshotId }) => SnapshotId),
    [second],
  )
})

test('an image takes its time; its name is taken; its snapshots can not go before it', async () => {
  const id = idOf(await fresh())
  const { ImageId } = await tell<CreateImageResult>('CreateImage', { InstanceId: id, Name: 'golden', NoReboot: true })
  await refused(tell('CreateImage', { InstanceId: id, Name: 'golden', NoReboot: true }), 'InvalidAMIName.Duplicate')
  await refused(tell('CreateImage', { InstanceId: id, Name: 'x' }), 'InvalidAMIName.Malformed')
  const image = async () => (await tell<DescribeImagesResult>('DescribeImages', { ImageIds: [ImageId] })).Images?.[0]
  assert.equal((await image())?.State, 'pending')
  clock.advance(200)
  const available = await image()
  assert.equal(available?.State, 'available')
  const snapshotId = available.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId
  await refused(tell('DeleteSnapshot', { SnapshotId: snapshotId }), 'InvalidSnapshot.InUse')
  await tell('DeregisterImage', { ImageId })
  await refused(tell('DescribeImages', { ImageIds: [ImageId] }), 'InvalidAMIID.NotFound')
  await tell('DeleteSnapshot', { SnapshotId: snapshotId })
})
