import assert from 'node:assert/strict'
import { BlockList } from 'node:net'
import { test } from 'node:test'
import { addressAt } from './address.ts'
import { createEstate } from './estate.ts'
import { fleetSize } from './fleet.ts'
import { instancesOf } from './fleet-group.ts'
import { imageOfFleet } from './image.ts'
import { seatOf } from './network.ts'
import type { Partition } from './partitions.ts'
import { zoneOf } from './instance.ts'

const fleetsOf = ({ instances }: Partition): number[] =>
  Array.from({ length: Math.ceil(instances / fleetSize) }, (_, fleet) => fleet)
const includes = (cidr: string): ((address: string) => boolean) => {
  const list = new BlockList()
  const [network = '', bits = ''] = cidr.split('/')
  list.addSubnet(network, Number(bits))
  return (address) => list.check(address)
}

test('each machine sits in a subnet of its zone, under an address of that subnet that no other machine has', () => {
  for (const size of [500, 1500, 60_000]) {
    const estate = createEstate({ seed: 'nets', size })
    for (const partition of estate.partitions) {
      const { subnets, vpcs } = estate.around(partition)
      const contains = subnets.map(({ cidr }) => includes(cidr))
      const taken = new Set<string>()
      for (let index = 0; index < partition.instances; index++) {
        const { fleet, availabilityZone } = estate.instance(partition, index)
        const machine = { index, team: fleet.app.team, availabilityZone, isPublic: fleet.hasPublicIps }
        const seat = seatOf(partition, machine)
        const subnet = subnets[seat.subnet]
        assert.ok(subnet !== undefined && subnet.vpc === vpcs[seat.vpc])
        assert.equal(subnet.availabilityZone, availabilityZone)
        assert.equal(subnet.isPublic, fleet.hasPublicIps)
        assert.ok(contains[seat.subnet]?.(seat.privateIp), `${seat.privateIp} in ${subnet.cidr}`)
        assert.ok(!taken.has(seat.privateIp))
        taken.add(seat.privateIp)
      }
    }
  }
})

test('subnets lie in their VPC and do not overlap; VPCs of one account neither', () => {
  for (const size of [1500, 1_000_000]) {
    const estate = createEstate({ seed: 'nets', size })
    const all = estate.partitions.flatMap((partition) => estate.around(partition).subnets)
    for (const subnet of all) {
      const first = subnet.cidr.slice(0, subnet.cidr.indexOf('/'))
      assert.ok(subnet.vpc.cidrs.some((cidr) => includes(cidr)(first)))
      assert.equal(all.filter(({ cidr }) => includes(cidr)(first)).length, 1, `${size}: ${subnet.cidr}`)
    }
  }
})

test('of a million resources, too, machines have addresses of their own', () => {
  const estate = createEstate({ seed: 'nets', size: 1_000_000 })
  const [partition] = estate.partitions
  assert.ok(partition !== undefined && partition.instances > 150_000)
  const seats = new Set<string>()
  const { groups, subnets } = estate.around(partition)
  for (const number of fleetsOf(partition)) {
    const { app } = groups.of(number).fleet
    for (const index of instancesOf([number], partition)) {
      const seat = seatOf(partition, {
        index,
        team: app.team,
        availabilityZone: zoneOf(estate.seed, partition, index),
        isPublic: index % 3 === 0,
      })
      assert.ok(subnets[seat.subnet] !== undefined)
      seats.add(seat.privateIp)
    }
  }
  assert.equal(seats.size, partition.instances)
})

test('security groups are known by one name in their VPC, and let in only groups of the same VPC', () => {
  for (const seed of ['north', '1', 'x']) {
    const estate = createEstate({ seed, size: 1500 })
    let open = 0
    for (const partition of estate.partitions) {
      const { securityGroups } = estate.around(partition)
      const names = securityGroups.map(({ name, vpc }) => `${vpc.id} ${name}`)
      assert.equal(new Set(names).size, names.length)
      for (const group of securityGroups) {
        for (const { from, port } of group.ingress) {
          if ('group' in from) assert.equal(securityGroups[from.group]?.vpc, group.vpc)
          else if (from.cidr === '0.0.0.0/0' && port === 22) open++
        }
      }
    }
    assert.ok(open >= 3, `${open} groups let anybody in by SSH`)
  }
})

test('load balancers send to the machines of their app, and some target groups serve nobody', () => {
  for (const seed of ['north', '1', 'x']) {
    const estate = createEstate({ seed, size: 1500 })
    let unused = 0
    const arns: string[] = []
    for (const partition of estate.partitions) {
      const { loadBalancers, targetGroups, groups } = estate.around(partition)
      arns.push(...[...loadBalancers, ...targetGroups].map(({ arn }) => arn))
      for (const { name } of [...loadBalancers, ...targetGroups]) assert.match(name, /^[a-z0-9][a-z0-9-]{0,31}$/)
      for (const { loadBalancer, vpc, fleets } of targetGroups) {
        if (loadBalancer === null || fleets.length === 0) unused++
        if (loadBalancer === null) continue
        assert.ok(loadBalancers.includes(loadBalancer))
        assert.equal(loadBalancer.vpc, vpc)
        for (const number of fleets) assert.equal(groups.of(number), loadBalancer.group)
      }
    }
    assert.equal(new Set(arns).size, arns.length)
    assert.ok(unused >= 1)
  }
})

test('an Auto Scaling group has exactly the machines that are tagged with its name', () => {
  for (const size of [1500, 40_000]) {
    const estate = createEstate({ seed: 'scaling', size })
    for (const partition of estate.partitions) {
      const tagged = new Map<string, number[]>()
      for (let index = 0; index < partition.instances; index++) {
        const name = estate.instance(partition, index).tags['aws:autoscaling:groupName']
        if (name !== undefined) tagged.set(name, [...(tagged.get(name) ?? []), index])
      }
      const groups = estate.around(partition).autoScalingGroups
      assert.deepEqual(new Map(groups.map(({ name, instances }) => [name, instances])), tagged)
    }
  }
})

test('Elastic IPs are those of the machines that have one, and some that nobody uses', () => {
  const estate = createEstate({ seed: 'north', size: 1500 })
  for (const partition of estate.partitions) {
    const all = estate.around(partition).addresses.map((number) => addressAt(estate.seed, partition, number))
    const used = all.flatMap(({ instance }) => (instance === null ? [] : [instance.index]))
    const wanted = Array.from({ length: partition.instances }, (_, index) => index).filter(
      (index) => estate.instance(partition, index).publicIp === 'elastic',
    )
    assert.deepEqual(used, wanted)
    assert.ok(all.length > used.length)
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length)
  }
})

test('snapshots are of images, of volumes and of volumes that are gone; images are older than their machines', () => {
  const estate = createEstate({ seed: 'north', size: 1500 })
  const [partition] = estate.partitions
  assert.ok(partition !== undefined)
  let ofVolumes = 0
  let orphans = 0
  for (let index = 0; index < partition.snapshots; index++) {
    const { id, volumeId, startedMs, description } = estate.snapshot(partition, index)
    assert.equal(estate.findSnapshot(partition, id)?.index, index)
    const volume = estate.findVolume(partition, volumeId)
    if (volume !== undefined) {
      ofVolumes++
      assert.ok(startedMs > volume.createdMs)
    } else if (!description.includes('CreateImage')) orphans++
  }
  const images = estate.images(partition)
  assert.ok(images >= 5 && ofVolumes >= 30 && orphans >= 3, `${images} ${ofVolumes} ${orphans}`)
  const names = Array.from({ length: images }, (_, index) => estate.image(partition, index).name)
  assert.equal(new Set(names).size, images)
  let launched = 0
  for (let index = 0; index < partition.instances; index++) {
    const number = imageOfFleet(partition, Math.floor(index / fleetSize))
    if (number === undefined) continue
    launched++
    assert.ok(estate.image(partition, number).createdMs < estate.instance(partition, index).launchedMs)
  }
  assert.ok(launched > 0)
})

test('ids outlive releases: tags are kept under them', () => {
  const estate = createEstate({ seed: 'north', size: 1500 })
  const [partition] = estate.partitions
  assert.ok(partition !== undefined)
  const { vpcs, subnets, keyPairs } = estate.around(partition)
  // Written down from the first release that had them.
  assert.deepEqual(
    [estate.snapshot(partition, 0).id, estate.image(partition, 0).id, vpcs[0]?.id, subnets[0]?.id, keyPairs[0]?.id],
    [
      'snap-09d65809ac62d4822',
      'ami-0aba83f41e4787d87',
      'vpc-0338c2cf566f4ab3b',
      'subnet-07fa1aef16c458d1b',
      'key-03f87d906ceac5caf',
    ],
  )
})
