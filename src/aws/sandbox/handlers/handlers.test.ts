import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type {
  DescribeInstancesResult,
  DescribeInstanceStatusResult,
  DescribeVolumesResult,
  Instance,
  StartInstancesResult,
  StopInstancesResult,
} from '@aws-sdk/client-ec2'
import type { GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch'
import { ask, createFakeClock, temporarySandbox } from '../../testing/host.ts'

// Rules and error codes as AWS documents them:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
const clock = createFakeClock()
const sandbox = temporarySandbox({ clock, size: 1500 })
const host = sandbox.open()
const tell = ask(host)
after(async () => {
  await host.close()
  sandbox.remove()
})

/** Buckets fill up with time; tests in one file would otherwise throttle each other. */
const rest = (): void => clock.advance(120)

const all = async (filters: { Name: string; Values: string[] }[] = []): Promise<Instance[]> => {
  rest()
  const { Reservations } = await tell<DescribeInstancesResult>('DescribeInstances', {
    MaxResults: 1000,
    Filters: filters,
  })
  return (Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])
}
const one = async (claim: (instance: Instance) => boolean | Promise<boolean>): Promise<string> => {
  for (const instance of await all()) if (await claim(instance)) return instance.InstanceId ?? ''
  return assert.fail('no such instance')
}
const isStopProtected = async (id: string | undefined): Promise<boolean> => {
  rest()
  const { DisableApiStop } = await tell<{ DisableApiStop?: { Value?: boolean } }>('DescribeInstanceAttribute', {
    InstanceId: id,
    Attribute: 'disableApiStop',
  })
  return DisableApiStop?.Value === true
}
const isPlain = (instance: Instance): boolean =>
  instance.RootDeviceType === 'ebs' && instance.InstanceLifecycle === undefined
const running = (): Promise<string> =>
  one(
    async (instance) =>
      instance.State?.Name === 'running' && isPlain(instance) && !(await isStopProtected(instance.InstanceId)),
  )
const see = async (id: string): Promise<Instance> => {
  const [instance] = await all([{ Name: 'instance-id', Values: [id] }])
  assert.ok(instance !== undefined)
  return instance
}
const refused = (work: Promise<unknown>, code: string, status = 400): Promise<void> =>
  assert.rejects(work, (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    assert.equal(error.name, code)
    assert.equal(error.$metadata?.httpStatusCode, status)
    return true
  })

describe('stop and start', () => {
  test('running -> stopping -> stopped -> pending -> running, and checks that take a while', async () => {
    const id = await running()
    const stop = await tell<StopInstancesResult>('StopInstances', { InstanceIds: [id] })
    assert.deepEqual(stop.StoppingInstances, [
      { InstanceId: id, PreviousState: { Name: 'running', Code: 16 }, CurrentState: { Name: 'stopping', Code: 64 } },
    ])
    await refused(tell('StartInstances', { InstanceIds: [id] }), 'IncorrectInstanceState')
    clock.advance(19)
    const still = await tell<DescribeInstancesResult>('DescribeInstances', { InstanceIds: [id] })
    assert.equal(still.Reservations?.[0]?.Instances?.[0]?.State?.Name, 'stopping')
    clock.advance(22)
    assert.equal((await see(id)).State?.Name, 'stopped')

    const start = await tell<StartInstancesResult>('StartInstances', { InstanceIds: [id] })
    assert.deepEqual(start.StartingInstances, [
      { InstanceId: id, PreviousState: { Name: 'stopped', Code: 80 }, CurrentState: { Name: 'pending', Code: 0 } },
    ])
    await refused(tell('StopInstances', { InstanceIds: [id] }), 'IncorrectInstanceState')
    const checks = async (): Promise<string | undefined> =>
      (await tell<DescribeInstanceStatusResult>('DescribeInstanceStatus', { InstanceIds: [id] })).InstanceStatuses?.[0]
        ?.InstanceStatus?.Status
    assert.equal(await checks(), undefined)
    clock.advance(31)
    assert.equal(await checks(), 'initializing')
    clock.advance(91)
    assert.equal(await checks(), 'ok')
  })

  test('doing it again is accepted and changes nothing', async () => {
    const id = await running()
    const stops = async (): Promise<[accepted: number, changed: number]> => {
      const effect = (await host.control.effects([id])).find(({ action }) => action === 'StopInstances')
      return [effect?.accepted ?? 0, effect?.changed ?? 0]
    }
    const [accepted, changed] = await stops()
    await tell('StopInstances', { InstanceIds: [id] })
    await tell('StopInstances', { InstanceIds: [id] })
    assert.deepEqual(await stops(), [accepted + 2, changed + 1])
  })

  test('a call is refused whole when one of its instances is protected', async () => {
    const plain = await running()
    const kept = await one(
      async (instance) =>
        isPlain(instance) && instance.State?.Name === 'running' && (await isStopProtected(instance.InstanceId)),
    )
    await refused(tell('StopInstances', { InstanceIds: [plain, kept] }), 'OperationNotPermitted')
    assert.equal((await see(plain)).State?.Name, 'running')
  })

  test('instances with a root on instance store and one-time Spot instances can not be stopped', async () => {
    const spot = await one((instance) => instance.InstanceLifecycle === 'spot')
    await refused(tell('StopInstances', { InstanceIds: [spot] }), 'UnsupportedOperation')
    const store = (await all()).find(({ RootDeviceType }) => RootDeviceType === 'instance-store')?.InstanceId
    assert.ok(store !== undefined)
    await refused(tell('StopInstances', { InstanceIds: [store] }), 'UnsupportedOperation')
  })

  test('an automatic public address goes with a stop and is another one after a start, an Elastic IP stays', async () => {
    const owner = (instance: Instance): string | undefined => instance.NetworkInterfaces?.[0]?.Association?.IpOwnerId
    for (const [kind, changes] of [
      ['amazon', true],
      ['777788889999', false],
    ] as const) {
      const id = await one(
        async (instance) =>
          owner(instance) === kind &&
          instance.State?.Name === 'running' &&
          isPlain(instance) &&
          !(await isStopProtected(instance.InstanceId)),
      )
      const before = (await see(id)).PublicIpAddress
      await tell('StopInstances', { InstanceIds: [id] })
      rest()
      assert.equal((await see(id)).PublicIpAddress, changes ? undefined : before)
      await tell('StartInstances', { InstanceIds: [id] })
      rest()
      assert.equal((await see(id)).PublicIpAddress === before, !changes)
    }
  })

  test('a reboot needs a running instance and shows in its checks', async () => {
    const id = await running()
    await tell('RebootInstances', { InstanceIds: [id] })
    const { InstanceStatuses } = await tell<DescribeInstanceStatusResult>('DescribeInstanceStatus', {
      InstanceIds: [id],
    })
    assert.equal(InstanceStatuses?.[0]?.InstanceStatus?.Status, 'initializing')
    await tell('StopInstances', { InstanceIds: [id] })
    await refused(tell('RebootInstances', { InstanceIds: [id] }), 'IncorrectInstanceState')
  })

  test('DryRun says what would happen and does nothing', async () => {
    const id = await running()
    await refused(tell('StopInstances', { InstanceIds: [id], DryRun: true }), 'DryRunOperation', 412)
    assert.equal((await see(id)).State?.Name, 'running')
  })
})

describe('describe', () => {
  test('pages add up to everything, each instance once', async () => {
    const ids: string[] = []
    let token: string | undefined
    do {
      rest()
      const page: DescribeInstancesResult = await tell('DescribeInstances', { MaxResults: 60, NextToken: token })
      const found = (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])
      assert.ok(found.length <= 60)
      ids.push(...found.map(({ InstanceId }) => InstanceId ?? ''))
      token = page.NextToken
    } while (token !== undefined)
    assert.equal(ids.length, 250)
    assert.equal(new Set(ids).size, 250)
  })

  test('filters must all hold, any of their values is enough, and wildcards work', async () => {
    const some = await all([
      { Name: 'instance-state-name', Values: ['running', 'stopped'] },
      { Name: 'tag:env', Values: ['de?', 'nothing'] },
      { Name: 'tag:Name', Values: ['*-web-*'] },
    ])
    assert.ok(some.length > 0)
    for (const { Tags } of some) {
      assert.ok(Tags?.some(({ Key, Value }) => Key === 'env' && Value === 'dev'))
      assert.ok(Tags?.some(({ Key, Value }) => Key === 'Name' && Value?.includes('-web-')))
    }
  })

  test('what EC2 refuses is refused', async () => {
    rest()
    await refused(
      tell('DescribeInstances', { InstanceIds: ['i-0123456789abcdef0'], MaxResults: 10 }),
      'InvalidParameterCombination',
    )
    await refused(tell('DescribeInstances', { InstanceIds: ['i-0123456789abcdef0'] }), 'InvalidInstanceID.NotFound')
    await refused(tell('DescribeInstances', { InstanceIds: ['web-1'] }), 'InvalidInstanceID.Malformed')
    await refused(
      tell('DescribeInstances', { Filters: [{ Name: 'no-such-filter', Values: ['x'] }], MaxResults: 5 }),
      'InvalidParameterValue',
    )
    await refused(tell('DescribeInstances', { MaxResults: 4 }), 'InvalidParameterValue')
    await refused(tell('DescribeInstances', { MaxResults: 5, NextToken: 'made up' }), 'InvalidNextToken')
    const many = Array.from({ length: 201 }, (_, index) => `i-${index}`)
    await refused(
      tell('DescribeInstances', { Filters: [{ Name: 'instance-id', Values: many }], MaxResults: 5 }),
      'FilterLimitExceeded',
    )
    await refused(tell('StopInstances', { InstanceIds: [] }), 'MissingParameter')
    await refused(tell('MakeCoffee', {}), 'InvalidAction')
  })

  test('an account or Region without resources is empty, not an error', async () => {
    const { Reservations } = await ask(host, {
      account: '777788889999',
      region: 'ap-south-1',
    })<DescribeInstancesResult>('DescribeInstances', { MaxResults: 5 })
    assert.deepEqual(Reservations, [])
  })

  test('volumes are found by what they are attached to', async () => {
    rest()
    const [instance] = await all()
    const { Volumes } = await tell<DescribeVolumesResult>('DescribeVolumes', {
      Filters: [{ Name: 'attachment.instance-id', Values: [instance?.InstanceId ?? ''] }],
    })
    assert.deepEqual(
      Volumes?.map(({ VolumeId }) => VolumeId).sort(),
      instance?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.VolumeId).sort(),
    )
  })
})

describe('tags', () => {
  test('at most 50, none of AWS, and removal by value', async () => {
    const id = await running()
    await refused(
      tell('CreateTags', { Resources: [id], Tags: [{ Key: 'AWS:x', Value: '1' }] }),
      'InvalidParameterValue',
    )
    const fifty = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))
    await refused(tell('CreateTags', { Resources: [id], Tags: fifty }), 'TagLimitExceeded')
    await tell('CreateTags', { Resources: [id], Tags: [{ Key: 'a', Value: '1' }] })
    await tell('DeleteTags', { Resources: [id], Tags: [{ Key: 'a', Value: 'other' }] })
    assert.ok((await see(id)).Tags?.some(({ Key }) => Key === 'a'))
    await tell('DeleteTags', { Resources: [id], Tags: [{ Key: 'a', Value: '1' }] })
    assert.ok(!(await see(id)).Tags?.some(({ Key }) => Key === 'a'))
  })
})

describe('metrics', () => {
  const cpuOf = async (id: string, fromMs: number, toMs: number, period: number): Promise<number[]> => {
    rest()
    const { MetricDataResults } = await tell<GetMetricDataCommandOutput>(
      'GetMetricData',
      {
        StartTime: new Date(fromMs),
        EndTime: new Date(toMs),
        MetricDataQueries: [
          {
            Id: 'm',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/EC2',
                MetricName: 'CPUUtilization',
                Dimensions: [{ Name: 'InstanceId', Value: id }],
              },
              Period: period,
              Stat: 'Average',
            },
          },
        ],
      },
      'cloudwatch',
    )
    return MetricDataResults?.[0]?.Values ?? []
  }

  test('the same time has the same values, days differ from nights, and nothing is known of the future', async () => {
    const id = await one(
      (instance) =>
        instance.State?.Name === 'running' &&
        Boolean(instance.Tags?.some(({ Key, Value }) => Key === 'Name' && Value?.includes('-web-'))),
    )
    const dayMs = 86_400_000
    const yesterday = Math.floor(clock.now().getTime() / dayMs) * dayMs - dayMs
    const first = await cpuOf(id, yesterday, yesterday + dayMs, 3600)
    assert.equal(first.length, 24)
    assert.deepEqual(await cpuOf(id, yesterday, yesterday + dayMs, 3600), first)
    assert.ok(Math.max(...first) > Math.min(...first))
    for (const value of first) assert.ok(value >= 0 && value <= 100)
    assert.deepEqual(await cpuOf(id, clock.now().getTime() + dayMs, clock.now().getTime() + 2 * dayMs, 3600), [])
  })

  test('a stopped instance has no data while it is stopped', async () => {
    const id = await running()
    await tell('StopInstances', { InstanceIds: [id] })
    const stoppedMs = clock.now().getTime()
    clock.advance(7200)
    assert.deepEqual(await cpuOf(id, stoppedMs + 60_000, clock.now().getTime(), 300), [])
    assert.ok((await cpuOf(id, stoppedMs - 3_600_000, stoppedMs, 300)).length >= 11)
  })
})
