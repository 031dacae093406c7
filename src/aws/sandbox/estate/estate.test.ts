import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createEstate } from './estate.ts'
import { decodeId, encodeId } from './ids.ts'
import type { SeedInstance } from './instance.ts'

const allInstances = (size: number, seed = 'north'): SeedInstance[] => {
  const estate = createEstate({ seed, size })
  return estate.partitions.flatMap((partition) =>
    Array.from({ length: partition.instances }, (_, index) => estate.instance(partition, index)),
  )
}

test('the same seed makes the same estate, another seed another one', () => {
  assert.deepEqual(allInstances(600), allInstances(600))
  assert.notDeepEqual(
    allInstances(600).map(({ id }) => id),
    allInstances(600, 'south').map(({ id }) => id),
  )
})

test('ids outlive releases: state is kept under them', () => {
  const estate = createEstate({ seed: 'north', size: 1500 })
  const [partition] = estate.partitions
  assert.ok(partition !== undefined)
  // Written down from the first release. A change here would orphan what was done to people's estates.
  assert.deepEqual(
    [0, 1, 249].map((index) => estate.instance(partition, index).id),
    ['i-013d20f7df527b8b4', 'i-00c77a38a9f31c04d', 'i-0ac0b7c72c60917ca'],
  )
  assert.equal(estate.volume(partition, 0).id, 'vol-0762c8ab3cfcc12cf')
})

test('a third are instances, and half of all lies in one account and Region', () => {
  for (const size of [500, 1500, 1_000_000]) {
    const { partitions } = createEstate({ seed: 'x', size })
    const instances = partitions.reduce((sum, partition) => sum + partition.instances, 0)
    const counted = partitions.reduce((sum, { volumes, snapshots, functions, buckets }) => {
      return sum + volumes + snapshots + functions + buckets
    }, instances)
    assert.ok(counted <= size && counted > 0.8 * size, `${counted} of ${size}`)
    assert.ok(Math.abs(instances - size / 3) <= 1)
    const [largest] = partitions
    assert.ok(largest !== undefined)
    assert.ok(Math.abs((largest.instances + largest.volumes) / counted - 0.5) < 0.1, `${size}`)
  }
})

test('every guard finds something to hold back in an estate of the usual size', () => {
  for (const seed of ['north', '1', 'orchestrator', 'default', 'x']) holdsBack(allInstances(1500, seed))
})

const holdsBack = (instances: SeedInstance[]): void => {
  const count = (claim: (instance: SeedInstance) => boolean): number => instances.filter(claim).length
  const wanted: [string, (instance: SeedInstance) => boolean, least: number][] = [
    ['running', ({ isRunning }) => isRunning, 350],
    ['stopped', ({ isRunning }) => !isRunning, 30],
    ['stop-protected', ({ isStopProtected }) => isStopProtected, 3],
    ['tagged protected', ({ tags }) => tags['protected'] === 'true', 3],
    ['of an Auto Scaling group', ({ tags }) => 'aws:autoscaling:groupName' in tags, 8],
    ['of a CloudFormation stack', ({ tags }) => 'aws:cloudformation:stack-name' in tags, 8],
    ['tagged production', ({ tags }) => tags['env'] === 'prod', 60],
    ['tagged dev', ({ tags }) => tags['env'] === 'dev', 60],
    ['without tags but a name', ({ tags }) => Object.keys(tags).length === 1, 2],
    ['Spot', ({ fleet }) => fleet.isSpot, 1],
    ['with a root on instance store', ({ rootDeviceType }) => rootDeviceType === 'instance-store', 1],
    ['with an automatic public address', ({ publicIp }) => publicIp === 'auto', 20],
    ['with an Elastic IP', ({ publicIp }) => publicIp === 'elastic', 10],
  ]
  for (const [what, claim, least] of wanted)
    assert.ok(count(claim) >= least, `${count(claim)} ${what}, expected ${least}`)
}

test('ids and names are unique within an account and Region', () => {
  const estate = createEstate({ seed: 'unique', size: 30_000 })
  for (const partition of estate.partitions) {
    const instances = Array.from({ length: partition.instances }, (_, index) => estate.instance(partition, index))
    assert.equal(new Set(instances.map(({ id }) => id)).size, instances.length)
  }
})

test('an id names its resource and nothing else; made-up ids name none', () => {
  const number = fc.integer({ min: 0, max: 1_000_000 })
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 255 }), number, (seed, partition, index) => {
      const id = encodeId('i', seed, 1, partition, index)
      assert.match(id, /^i-[0-9a-f]{17}$/)
      assert.deepEqual(decodeId('i', seed, 1, id), { partition, index })
      assert.equal(decodeId('vol', seed, 1, id), undefined)
    }),
  )
  const estate = createEstate({ seed: 'strangers', size: 1_000_000 })
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{16}$/), (digits) => {
      for (const partition of estate.partitions) assert.equal(estate.findInstance(partition, `i-0${digits}`), undefined)
    }),
  )
})

test('an instance is found in its own account and Region only', () => {
  const estate = createEstate({ seed: 'places', size: 900 })
  const [here, there] = estate.partitions
  assert.ok(here !== undefined && there !== undefined)
  const { id, name } = estate.instance(here, 7)
  assert.equal(estate.findInstance(here, id)?.name, name)
  assert.equal(estate.findInstance(there, id), undefined)
})

test('volumes and instances agree on who is attached to whom', () => {
  const estate = createEstate({ seed: 'disks', size: 3000 })
  for (const partition of estate.partitions) {
    const byInstance = new Map<number, number[]>()
    let unused = 0
    for (let index = 0; index < partition.volumes; index++) {
      const { attachedTo } = estate.volume(partition, index)
      if (attachedTo === null) unused++
      else byInstance.set(attachedTo.index, [...(byInstance.get(attachedTo.index) ?? []), index])
    }
    assert.ok(unused > 0)
    for (let index = 0; index < partition.instances; index++) {
      assert.deepEqual(estate.volumesOf(partition, index), byInstance.get(index) ?? [])
    }
  }
})

test('functions and buckets have names that AWS takes, and no two the same one', () => {
  const estate = createEstate({ seed: 'names', size: 60_000 })
  const buckets = new Set<string>()
  let count = 0
  for (const partition of estate.partitions) {
    const functions = new Set<string>()
    for (let index = 0; index < partition.functions; index++) {
      const { name } = estate.function(partition, index)
      // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html: 64 characters.
      assert.match(name, /^[a-zA-Z0-9-_]{1,64}$/)
      functions.add(name)
    }
    assert.equal(functions.size, partition.functions)
    for (let index = 0; index < partition.buckets; index++, count++) {
      const { name } = estate.bucket(partition, index)
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
      assert.match(name, /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      buckets.add(name)
    }
  }
  assert.equal(buckets.size, count)
  assert.ok(count > 1_000)
})

test('names of functions and buckets outlive releases: people write them down', () => {
  const estate = createEstate({ seed: 'north', size: 1500 })
  const [partition] = estate.partitions
  assert.ok(partition !== undefined)
  // Written down from the first release.
  assert.deepEqual(
    [estate.function(partition, 0).name, estate.bucket(partition, 0).name],
    ['identity-api-nightly-report-ci', 'acme-identity-api-logs-ci-9999-us-east-1'],
  )
})
