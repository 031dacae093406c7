import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AutoScaling } from '#aws/autoscaling.ts'
import type { Ec2, Ec2Instance } from '#aws/ec2.ts'
import type { Elb } from '#aws/elb.ts'
import type { Read, Reader } from '#aws/reader.ts'
import type { Backend } from './support/backend.ts'
import { openMoto } from './support/moto.ts'
import { openSandbox } from './support/sandbox.ts'

/** What the inventory reads around machines, from the sandbox and, when it is there, from moto: see adapters.test.ts. */
const motoUrl = process.env['ORCHESTRATOR_TEST_MOTO_URL']
const backends: { name: string; open: () => Promise<Backend> }[] = [
  { name: 'sandbox', open: openSandbox },
  ...(motoUrl === undefined ? [] : [{ name: 'moto', open: () => openMoto(motoUrl) }]),
]

const call = { priority: 'interactive' } as const

for (const { name, open } of backends) {
  describe(`inventory on ${name}`, () => {
    let backend: Backend
    let ec2: Ec2
    let elb: Elb
    let scaling: AutoScaling
    let machines: Map<string, Ec2Instance>
    before(async () => {
      backend = await open()
      const { aws, account, region } = backend
      await backend.fill?.()
      ec2 = await aws.ec2(account, region)
      elb = await aws.elb(account, region)
      scaling = await aws.autoscaling(account, region)
      machines = new Map()
      for await (const page of ec2.listInstances(call)) for (const machine of page) machines.set(machine.id, machine)
    })
    after(() => backend.close())

    const all = async <One>(reader: Reader<One>): Promise<One[]> => {
      const found: One[] = []
      for await (const page of reader.list(call)) found.push(...page)
      return found
    }
    /** What was listed is what is described one by one; an unknown one is left out. */
    const agrees = async <One extends Read>(reader: Reader<One>, unknown: string, arn: RegExp): Promise<One[]> => {
      const listed = await all(reader)
      assert.ok(listed.length > 0)
      assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length)
      const { account, region } = backend
      for (const one of listed) {
        assert.match(one.arn, arn)
        assert.ok(one.arn.endsWith(one.id), `${one.arn} ends with ${one.id}`)
        assert.deepEqual([one.account, one.region], [account.id, region])
        assert.ok(Object.keys(one.raw).length > 1)
      }
      const some = listed.slice(0, 3)
      const described = await reader.describe(call, [some[0]?.id ?? '', unknown, ...some.map(({ id }) => id)])
      assert.deepEqual(byId(described), byId(some))
      assert.deepEqual(await reader.describe(call, [unknown]), [])
      return listed
    }
    const byId = <One extends Read>(list: readonly One[]): One[] => list.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const place = String.raw`[a-z]{2}-[a-z]+-\d:\d{12}`
    const region = String.raw`[a-z]{2}-[a-z]+-\d`

    test('snapshots', async () => {
      const listed = await agrees(
        ec2.inventory.snapshots,
        'snap-0123456789abcdef0',
        new RegExp(`^arn:aws:ec2:${region}::snapshot/snap-[0-9a-f]{17}$`),
      )
      for (const { state, sizeGib, startedAt, storageTier } of listed) {
        assert.equal(state, 'completed')
        assert.ok(sizeGib > 0)
        assert.match(startedAt ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
        assert.match(storageTier, /^(?:standard|archive)$/)
      }
      const volumes = new Set([...machines.values()].flatMap(({ volumeIds }) => volumeIds))
      assert.ok(listed.some(({ volumeId }) => volumes.has(volumeId ?? '')))
      assert.ok(listed.some(({ tags }) => tags['Name'] !== undefined))
    })

    test('images of the account, made of snapshots that are listed too', async () => {
      const listed = await agrees(
        ec2.inventory.images,
        'ami-0123456789abcdef0',
        new RegExp(`^arn:aws:ec2:${region}::image/ami-[0-9a-f]{17}$`),
      )
      const snapshots = new Set((await all(ec2.inventory.snapshots)).map(({ id }) => id))
      for (const image of listed) {
        assert.equal(image.state, 'available')
        // moto says `standard`, a type of volumes.
        assert.equal(image.rootDeviceType, name === 'moto' ? 'standard' : 'ebs')
        assert.equal(image.isPublic, false)
        assert.match(image.sourceInstanceId ?? '', /^i-[0-9a-f]{17}$/)
        assert.ok(image.name.length >= 3)
        assert.ok(image.snapshotIds.length > 0)
        for (const id of image.snapshotIds) assert.ok(snapshots.has(id))
      }
    })

    test('security groups, with what they let in', async () => {
      const listed = await agrees(
        ec2.inventory.securityGroups,
        'sg-0123456789abcdef0',
        new RegExp(`^arn:aws:ec2:${place}:security-group/sg-[0-9a-f]{17}$`),
      )
      const ids = new Set(listed.map(({ id }) => id))
      for (const machine of machines.values()) for (const id of machine.securityGroupIds) assert.ok(ids.has(id))
      assert.ok(listed.some(({ openPorts }) => openPorts.includes('tcp/22')))
      const reached = listed.find(({ sourceSecurityGroupIds: [source] }) => source !== undefined)
      assert.ok(reached !== undefined && ids.has(reached.sourceSecurityGroupIds[0] ?? ''))
      assert.ok(reached.ingressRules >= 1 && reached.egressRules === 1)
      assert.ok(listed.some((group) => group.name === 'default' && group.vpcId !== null))
    })

    test('VPCs and subnets, and machines in them', async () => {
      const vpcs = await agrees(
        ec2.inventory.vpcs,
        'vpc-0123456789abcdef0',
        new RegExp(`^arn:aws:ec2:${place}:vpc/vpc-[0-9a-f]{17}$`),
      )
      const subnets = await agrees(
        ec2.inventory.subnets,
        'subnet-0123456789abcdef0',
        new RegExp(`^arn:aws:ec2:${place}:subnet/subnet-[0-9a-f]{17}$`),
      )
      for (const { state, cidrBlocks } of vpcs) {
        assert.equal(state, 'available')
        assert.match(cidrBlocks[0] ?? '', /^\d+\.\d+\.0\.0\/16$/)
      }
      const vpcIds = new Set<string | null>(vpcs.map(({ id }) => id))
      const byId = new Map(subnets.map((subnet) => [subnet.id, subnet]))
      for (const { vpcId, availableAddresses } of subnets) {
        assert.ok(vpcIds.has(vpcId))
        assert.ok((availableAddresses ?? 0) > 0)
      }
      for (const { subnetId, vpcId, availabilityZone } of machines.values()) {
        const subnet = byId.get(subnetId ?? '')
        assert.deepEqual([subnet?.vpcId, subnet?.availabilityZone], [vpcId, availabilityZone])
      }
    })

    test('Elastic IPs, with and without an instance', async () => {
      const listed = await agrees(
        ec2.inventory.addresses,
        'eipalloc-0123456789abcdef0',
        new RegExp(`^arn:aws:ec2:${place}:elastic-ip/eipalloc-[0-9a-f]{17}$`),
      )
      const used = listed.filter(({ instanceId }) => instanceId !== null)
      assert.ok(used.length > 0)
      for (const { instanceId, publicIp, associationId } of used) {
        assert.equal(machines.get(instanceId ?? '')?.publicIp, publicIp)
        assert.notEqual(associationId, null)
      }
      assert.ok(listed.some(({ associationId }) => associationId === null))
    })

    test('key pairs, by their names', async () => {
      const listed = await agrees(ec2.inventory.keyPairs, 'nobody', new RegExp(`^arn:aws:ec2:${place}:key-pair/.+$`))
      for (const pair of listed) {
        assert.match(pair.keyPairId ?? '', /^key-[0-9a-f]{17}$/)
        assert.match(pair.keyType ?? '', /^(?:rsa|ed25519)$/)
        assert.match(pair.createdAt ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      }
      const names = new Set(listed.map(({ id }) => id))
      for (const { keyName } of machines.values()) assert.ok(keyName === null || names.has(keyName))
    })

    test('load balancers and target groups name each other, and targets have a health', async () => {
      const balancers = await agrees(
        elb.loadBalancers,
        'app/nobody/0123456789abcdef',
        new RegExp(`^arn:aws:elasticloadbalancing:${place}:loadbalancer/(?:app|net)/[a-z-]+/[0-9a-f]{16}$`),
      )
      const groups = await agrees(
        elb.targetGroups,
        'targetgroup/nobody/0123456789abcdef',
        new RegExp(`^arn:aws:elasticloadbalancing:${place}:targetgroup/[a-z-]+/[0-9a-f]{16}$`),
      )
      for (const balancer of balancers) {
        assert.equal(balancer.state, 'active')
        assert.match(balancer.scheme ?? '', /^(?:internet-facing|internal)$/)
        assert.match(balancer.dnsName ?? '', /\.amazonaws\.com$/)
        assert.ok(balancer.subnetIds.length >= 2 && balancer.availabilityZones.length >= 2)
        const naming = groups.filter(({ loadBalancerArns }) => loadBalancerArns.includes(balancer.arn))
        assert.deepEqual(balancer.targetGroupArns, naming.map(({ arn }) => arn).sort())
      }
      assert.ok(balancers.some(({ targetGroupArns, tags }) => targetGroupArns.length > 0 && tags['Name'] !== undefined))
      assert.ok(groups.some(({ targets }) => targets.length === 0))
      const serving = groups.filter(({ targets }) => targets.length > 0)
      assert.ok(serving.length > 0)
      for (const { targets, port } of serving) {
        assert.equal(port, 8080)
        for (const target of targets) {
          assert.ok(machines.has(target.id))
          assert.match(target.health, /^(?:healthy|unhealthy|unused)$/)
          assert.equal(target.reason === null, target.health === 'healthy')
        }
      }
      assert.ok(serving.some(({ targets }) => targets.some(({ health }) => health === 'healthy')))
    })

    test('more load balancers than one call takes, with unknown ones among them', async () => {
      const [known] = await all(elb.loadBalancers)
      const strangers = Array.from({ length: 25 }, (_, n) => `app/nobody-${n}/0123456789abcdef`)
      const found = await elb.loadBalancers.describe(call, [...strangers, known?.id ?? ''])
      assert.deepEqual(found, [known])
    })

    test('Auto Scaling groups, with their machines', async () => {
      const listed = await agrees(
        scaling.groups,
        'nobody',
        new RegExp(`^arn:aws:autoscaling:${place}:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName/.+$`),
      )
      const targetGroups = new Set((await all(elb.targetGroups)).map(({ arn }) => arn))
      for (const group of listed) {
        assert.equal(group.state, null)
        assert.ok(group.minSize <= group.desiredCapacity && group.desiredCapacity <= group.maxSize)
        assert.equal(group.instanceIds.length, group.desiredCapacity)
        assert.equal(group.inService, group.desiredCapacity)
        for (const id of group.instanceIds) assert.equal(machines.get(id)?.tags['aws:autoscaling:groupName'], group.id)
        assert.ok(group.subnetIds.length >= 2)
        assert.match(group.launchTemplateId ?? '', /^lt-[0-9a-f]{17}$/)
        for (const arn of group.targetGroupArns) assert.ok(targetGroups.has(arn))
        assert.equal(typeof group.tags['Name'], 'string')
      }
    })
  })
}
