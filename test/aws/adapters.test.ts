import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Ec2, Ec2Instance } from '#aws/ec2.ts'
import { AwsFailure } from '#aws/failure.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Backend } from './support/backend.ts'
import { openMoto } from './support/moto.ts'
import { openSandbox } from './support/sandbox.ts'

/**
 * One suite for the AWS adapters, run against the sandbox and, when ORCHESTRATOR_TEST_MOTO_URL says where it is, against
 * moto. What holds for one must hold for the other: that keeps the sandbox honest. Known differences: docs/sandbox.md.
 */
const motoUrl = process.env['ORCHESTRATOR_TEST_MOTO_URL']
const backends: { name: string; open: () => Promise<Backend> }[] = [
  { name: 'sandbox', open: openSandbox },
  ...(motoUrl === undefined ? [] : [{ name: 'moto', open: () => openMoto(motoUrl) }]),
]

const call = { priority: 'interactive' } as const
const unknownId = 'i-0123456789abcdef0'

for (const { name, open } of backends) {
  describe(`adapters on ${name}`, () => {
    let backend: Backend
    let ec2: Ec2
    /** A new one for each test that changes something. */
    let spare: string[]
    before(async () => {
      backend = await open()
      ec2 = await backend.aws.ec2(backend.account, backend.region)
      spare = [...backend.instances]
    })
    after(() => backend.close())

    const next = (): string => {
      const id = spare.pop()
      assert.ok(id !== undefined, 'the backend has too few instances')
      return id
    }
    const describeOne = async (id: string): Promise<Ec2Instance> => {
      const [instance] = await ec2.describeInstances(call, [id])
      assert.ok(instance !== undefined)
      return instance
    }
    const reaches = (id: string, state: Ec2Instance['state']): Promise<boolean> =>
      waitFor(`${id} to be ${state}`, async () => (await describeOne(id)).state === state)
    const failsWith = async (work: Promise<unknown>, kind: AwsFailure['kind'], code: RegExp): Promise<AwsFailure> => {
      const error = await work.then(
        () => assert.fail('it did not fail'),
        (failure: unknown) => failure,
      )
      assert.ok(error instanceof AwsFailure, String(error))
      assert.equal(error.kind, kind)
      assert.match(error.code, code)
      return error
    }

    test('the identity is the account', async () => {
      const { account, arn } = await backend.aws.identity(backend.account, call)
      assert.equal(account, backend.account.id)
      assert.match(arn, /^arn:aws:(sts|iam)::\d{12}:/)
    })

    test('a list has every instance once, in our words', async () => {
      const ids: string[] = []
      for await (const page of ec2.listInstances(call)) ids.push(...page.map(({ id }) => id))
      assert.equal(new Set(ids).size, ids.length)
      for (const id of backend.instances) assert.ok(ids.includes(id))
      const id = next()
      const instance = await describeOne(id)
      assert.equal(instance.arn, `arn:aws:ec2:${backend.region}:${backend.account.id}:instance/${id}`)
      assert.equal(instance.state, 'running')
      assert.match(instance.availabilityZone, new RegExp(`^${backend.region}[a-f]$`))
      assert.match(instance.launchedAt ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      assert.equal(typeof instance.tags['Name'], 'string')
      assert.equal(instance.raw['InstanceId'], id)
      assert.equal(instance.rootDeviceType, 'ebs')
    })

    test('volumes say what they are attached to, and instances what is attached to them', async () => {
      const attached = new Map<string, string[]>()
      for await (const page of ec2.listVolumes(call)) {
        for (const volume of page) {
          attached.set(volume.id, volume.attachedTo)
          assert.ok(volume.sizeGib > 0)
          assert.equal(volume.arn, `arn:aws:ec2:${backend.region}:${backend.account.id}:volume/${volume.id}`)
        }
      }
      const instance = await describeOne(next())
      assert.ok(instance.volumeIds.length > 0)
      for (const id of instance.volumeIds) assert.deepEqual(attached.get(id), [instance.id])
    })

    test('ids that AWS does not know are left out, and more than fit into one filter are asked for in pieces', async () => {
      const strangers = Array.from({ length: 450 }, (_, index) => `i-0${index.toString(16).padStart(16, '0')}`)
      const found = await ec2.describeInstances(call, [...strangers, ...backend.instances, ...backend.instances])
      assert.deepEqual(found.map(({ id }) => id).sort(), backend.instances.toSorted())
    })

    test('status checks are those of running instances, whoever else was asked for', async () => {
      const id = next()
      const statuses = await ec2.describeInstanceStatus(call, [unknownId, id])
      assert.deepEqual(statuses, [{ id, system: 'ok', instance: 'ok' }])
    })

    test('an instance is stopped and started; doing so again changes nothing', async () => {
      const id = next()
      const [stopping] = await ec2.stopInstances(call, [id], {})
      assert.equal(stopping?.id, id)
      assert.equal(stopping.previous, 'running')
      assert.equal(stopping.current, 'stopping')
      await reaches(id, 'stopped')
      const [again] = await ec2.stopInstances(call, [id], {})
      assert.equal(again?.id, id)
      const [starting] = await ec2.startInstances(call, [id])
      assert.equal(starting?.previous, 'stopped')
      assert.equal(starting.current, 'pending')
      await reaches(id, 'running')
      await waitFor(
        'the status checks to pass',
        async () => (await ec2.describeInstanceStatus(call, [id]))[0]?.instance === 'ok',
      )
      await ec2.startInstances(call, [id])
      assert.equal((await describeOne(id)).state, 'running')
    })

    test('an unknown id fails the whole call, and the failure names it', async () => {
      const id = next()
      const failure = await failsWith(
        ec2.stopInstances(call, [id, unknownId], {}),
        'permanent',
        /^InvalidInstanceID\.NotFound$/,
      )
      assert.deepEqual(failure.culprits, [unknownId])
      assert.equal((await describeOne(id)).state, 'running')
    })

    test('an id that is no id is refused', async () => {
      await failsWith(ec2.startInstances(call, ['web-1']), 'permanent', /^InvalidInstanceID\.(Malformed|NotFound)$/)
    })

    test('a reboot is accepted', async () => {
      const id = next()
      await ec2.rebootInstances(call, [id])
      await reaches(id, 'running')
    })

    test('stop protection is told', async () => {
      assert.equal(await ec2.isStopProtected(call, backend.stopProtected), true)
      assert.equal(await ec2.isStopProtected(call, next()), false)
    })

    test('tags are set, replaced and removed; removing what is not there is no error', async () => {
      const [one, other] = [next(), next()]
      await ec2.createTags(call, [one, other], { 'cost:center': 'a=b', note: 'größer & <mehr>' })
      assert.equal((await describeOne(other)).tags['note'], 'größer & <mehr>')
      await ec2.createTags(call, [one], { 'cost:center': '' })
      assert.equal((await describeOne(one)).tags['cost:center'], '')
      assert.equal((await describeOne(other)).tags['cost:center'], 'a=b')
      await ec2.deleteTags(call, [one, other], ['note', 'never-there'])
      assert.equal('note' in (await describeOne(one)).tags, false)
      assert.equal(typeof (await describeOne(one)).tags['Name'], 'string')
    })

    test("keys of AWS's own can't be set; moto takes them", async () => {
      const id = next()
      const set = ec2.createTags(call, [id], { 'aws:mine': 'x' })
      if (name !== 'moto') return void (await failsWith(set, 'permanent', /^InvalidParameterValue$/))
      await set
      assert.equal((await describeOne(id)).tags['aws:mine'], 'x')
    })

    test('volumes are found by their ids', async () => {
      const { volumeIds } = await describeOne(next())
      const volumes = await ec2.describeVolumes(call, [...volumeIds, 'vol-0123456789abcdef0'])
      assert.deepEqual(volumes.map(({ id }) => id).sort(), volumeIds.toSorted())
      for (const { sizeGib } of volumes) assert.ok(sizeGib > 0)
    })

    test('the facts of instance types are those of AWS, whichever of our two models of it tells them', async () => {
      const types = await ec2.describeInstanceTypes(call, ['t2.micro', 'm5.large', 't4g.nano', 'i3.large', 'm9z.huge'])
      const byName = new Map(types.map((type) => [type.name, type]))
      assert.deepEqual([...byName.keys()].sort(), ['i3.large', 'm5.large', 't2.micro', 't4g.nano'])
      const m5 = byName.get('m5.large')
      assert.deepEqual(
        [m5?.architectures, m5?.isEnaRequired, m5?.isNvmeRequired, m5?.hypervisor, m5?.maxNetworkInterfaces],
        [['x86_64'], true, true, 'nitro', 3],
      )
      assert.deepEqual(byName.get('t4g.nano')?.architectures, ['arm64'])
      const t2 = byName.get('t2.micro')
      assert.deepEqual([t2?.isEnaRequired, t2?.isNvmeRequired, t2?.hypervisor], [false, false, 'xen'])
    })

    test('the zones that have a type are told; of a type that does not exist, none', async () => {
      const zones = await ec2.zonesOffering(call, 'm5.large')
      assert.ok(zones.length >= 2)
      for (const zone of zones) assert.match(zone, new RegExp(`^${backend.region}[a-f]$`))
      assert.deepEqual(await ec2.zonesOffering(call, 'm9z.huge'), [])
    })

    test('the type of a stopped instance can be changed', async () => {
      const id = next()
      await ec2.stopInstances(call, [id], {})
      await reaches(id, 'stopped')
      const { instanceType, architecture } = await describeOne(id)
      const wanted = architecture === 'arm64' ? 'm7g.xlarge' : 'm5.xlarge'
      assert.notEqual(instanceType, wanted)
      await ec2.modifyInstanceType(call, id, wanted)
      assert.equal((await describeOne(id)).instanceType, wanted)
      await ec2.startInstances(call, [id])
      await reaches(id, 'running')
      assert.equal((await describeOne(id)).instanceType, wanted)
    })

    test('the type of a running one can not; moto changes it', async () => {
      const id = next()
      const changed = ec2.modifyInstanceType(call, id, 'm5.xlarge')
      if (name !== 'moto') return void (await failsWith(changed, 'permanent', /^IncorrectInstanceState$/))
      await changed
      assert.equal((await describeOne(id)).instanceType, 'm5.xlarge')
    })

    test('snapshots of all volumes of an instance are found by their tag, and are gone once deleted', async () => {
      const { id, volumeIds } = await describeOne(next())
      const tags = { 'orchestrator:step': `step-of-${id}` }
      const made = await ec2.createSnapshots(call, { instanceId: id, description: 'contract', tags })
      assert.deepEqual(made.map(({ volumeId }) => volumeId).sort(), volumeIds.toSorted())
      const found = () => ec2.describeSnapshots(call, { tag: 'orchestrator:step', values: [`step-of-${id}`, 'other'] })
      assert.deepEqual((await found()).map((one) => one.id).sort(), made.map((one) => one.id).sort())
      await waitFor('the snapshots to be completed', async () =>
        (await ec2.describeSnapshots(call, { ids: [...made.map((one) => one.id), 'snap-0123456789abcdef0'] })).every(
          ({ state }) => state === 'completed',
        ),
      )
      for (const one of made) await ec2.deleteSnapshot(call, one.id)
      for (const one of made) await ec2.deleteSnapshot(call, one.id)
      assert.deepEqual(await found(), [])
    })

    test('an image is found by its tag, names its snapshots, and is gone once deregistered', async () => {
      const id = next()
      const what = {
        instanceId: id,
        name: `contract ${id}`,
        description: 'contract',
        tags: { 'orchestrator:step': `image-of-${id}` },
      }
      const imageId = await (backend.createImage ?? ((given) => ec2.createImage(call, given)))(what)
      const see = async () =>
        (await ec2.describeImages(call, { tag: 'orchestrator:step', values: [`image-of-${id}`] }))[0]
      assert.equal((await see())?.id, imageId)
      await waitFor('the image to be available', async () => (await see())?.state === 'available')
      const image = await see()
      assert.equal(image?.name, `contract ${id}`)
      assert.ok(image.snapshotIds.length > 0)
      assert.equal((await describeOne(id)).state, 'running')
      await ec2.deregisterImage(call, imageId)
      await ec2.deregisterImage(call, imageId)
      assert.deepEqual(await ec2.describeImages(call, { ids: [imageId] }), [])
      for (const snapshot of image.snapshotIds) await ec2.deleteSnapshot(call, snapshot)
    })

    test('the name of an image is taken; moto takes any name', async () => {
      const what = { instanceId: next(), name: 'contract twice', description: '', tags: { contract: 'twice' } }
      const create = () => (backend.createImage ?? ((given) => ec2.createImage(call, given)))(what)
      const first = await create()
      if (name !== 'moto') return void (await failsWith(create(), 'permanent', /^InvalidAMIName\.Duplicate$/))
      assert.notEqual(await create(), first)
    })

    test('an instance is terminated; doing so again changes nothing', async () => {
      const id = next()
      const [gone] = await ec2.terminateInstances(call, [id])
      assert.equal(gone?.id, id)
      assert.equal(gone.previous, 'running')
      assert.equal(gone.current, 'shutting-down')
      await reaches(id, 'terminated')
      const [again] = await ec2.terminateInstances(call, [id])
      assert.equal(again?.id, id)
      await reaches(id, 'terminated')
    })

    test('a terminated instance can not be started; moto brings it back to life', async () => {
      const id = next()
      await ec2.terminateInstances(call, [id])
      const started = ec2.startInstances(call, [id])
      if (name !== 'moto') return void (await failsWith(started, 'permanent', /^IncorrectInstanceState$/))
      await started
      await reaches(id, 'running')
    })

    test('termination protection fails the call, names the culprit and keeps its neighbour alive', async () => {
      const [kept, neighbour] = backend.terminationProtected
      assert.equal(await ec2.isTerminationProtected(call, kept), true)
      assert.equal(await ec2.isTerminationProtected(call, neighbour), false)
      const failure = await failsWith(
        ec2.terminateInstances(call, [kept, neighbour]),
        'permanent',
        /^OperationNotPermitted$/,
      )
      assert.deepEqual(failure.culprits, [kept])
      assert.equal((await describeOne(kept)).state, 'running')
      assert.equal((await describeOne(neighbour)).state, 'running')
    })

    test('alarms that ring are told with the instances that they watch', async () => {
      const { firingAlarms } = await backend.aws.cloudwatch(backend.account, backend.region)
      for (const { instanceIds } of await firingAlarms(call)) assert.ok(instanceIds.length > 0)
    })

    test('the use of a quota comes with the quota, and null where AWS counts nothing', async () => {
      const { serviceUsage } = await backend.aws.cloudwatch(backend.account, backend.region)
      const vcpus = (kind: string) => ({
        service: 'EC2',
        type: 'Resource',
        resource: 'vCPU',
        class: `${kind}/OnDemand`,
      })
      const usage = await serviceUsage(call, [vcpus('Standard'), vcpus('NoSuchClass')], new Date())
      assert.equal(usage.length, 2)
      assert.equal(usage[1], null)
      // moto counts no usage.
      if (name === 'sandbox') assert.ok(usage[0] && usage[0].used > 0 && usage[0].used <= usage[0].quota)
      else assert.equal(usage[0], null)
    })

    test('metrics come as one series for each query, oldest first', async () => {
      const { getMetricData } = await backend.aws.cloudwatch(backend.account, backend.region)
      const to = new Date()
      const from = new Date(to.getTime() - 3 * 3_600_000)
      const [id] = backend.instances
      const series = await getMetricData(call, {
        queries: ['NetworkIn', 'CPUUtilization', 'NoSuchMetric'].map((name) => ({
          namespace: 'AWS/EC2',
          name,
          dimensions: { InstanceId: id ?? '' },
          statistic: 'Average',
          periodSeconds: 300,
        })),
        from,
        to,
      })
      assert.equal(series.length, 3)
      assert.deepEqual(series[2], [])
      for (const points of series) {
        const times = points.map(({ atMs }) => atMs)
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        )
      }
    })
  })
}
