import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Scope } from '../../operation.ts'
import { keysThatLock } from './volume-keys.ts'

const key = (id: string, account = '111111111111'): string => `arn:aws:kms:eu-west-1:${account}:key/${id}`

/** An account with these volumes' keys (null: not encrypted), and keys that are enabled, disabled or not found. */
const scopeOf = (volumes: Record<string, string | null>, keys: Record<string, boolean>) => {
  const asked: string[] = []
  const reads: number[] = []
  const scope = {
    account: { id: '111111111111' },
    region: 'eu-west-1',
    call: { priority: 'interactive' },
    aws: {
      ec2: async () => ({
        describeVolumes: async (_call: unknown, ids: string[]) => {
          reads.push(ids.length)
          return ids.map((id) => ({ id, raw: volumes[id] == null ? {} : { KmsKeyId: volumes[id] } }))
        },
      }),
      cloudcontrol: async () => ({
        getResource: async (_call: unknown, type: string, id: string) => {
          asked.push(`${type} ${id}`)
          return id in keys ? { Enabled: keys[id] } : undefined
        },
      }),
    },
  } as unknown as Scope
  return { scope, asked, reads }
}

test('an instance with a volume under a disabled key is left out, under one that is not found it is warned of', async () => {
  const { scope, asked } = scopeOf(
    { v1: key('on'), v2: key('off'), v3: null, v4: key('lost'), v5: key('on') },
    { on: true, off: false },
  )
  const found = await keysThatLock(scope, [
    { id: 'fine', volumeIds: ['v1', 'v3'] },
    { id: 'locked', volumeIds: ['v5', 'v2'] },
    { id: 'unsure', volumeIds: ['v4'] },
  ])
  assert.deepEqual(
    found.map(({ id, isCertain }) => [id, isCertain]),
    [
      ['locked', true],
      ['unsure', false],
    ],
  )
  assert.equal(found[0]?.why, `can't start: its volume v2 is encrypted with ${key('off')}, which is disabled`)
  // Each key is asked for once, however many volumes it has.
  assert.deepEqual(asked, ['AWS::KMS::Key lost', 'AWS::KMS::Key off', 'AWS::KMS::Key on'])
})

test('a key of another account can not be asked for, and is passed over', async () => {
  const { scope, asked } = scopeOf({ v1: key('theirs', '222222222222') }, {})
  assert.deepEqual(await keysThatLock(scope, [{ id: 'a', volumeIds: ['v1'] }]), [])
  assert.deepEqual(asked, [])
})

test('of more than 500 instances no volumes are read: that would take the calls of everybody else', async () => {
  const { scope, reads } = scopeOf({ v1: key('off') }, { off: false })
  const instances = Array.from({ length: 501 }, (_, index) => ({ id: `i${index}`, volumeIds: ['v1'] }))
  assert.deepEqual(await keysThatLock(scope, instances), [])
  assert.deepEqual(reads, [])
  assert.equal((await keysThatLock(scope, instances.slice(1))).length, 500)
})

test('volumes are read two hundred a call, each once', async () => {
  const volumes = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`v${index}`, null]))
  const { scope, reads } = scopeOf(volumes, {})
  await keysThatLock(
    scope,
    Object.keys(volumes).flatMap((id) => [
      { id: `${id}-a`, volumeIds: [id] },
      { id: `${id}-b`, volumeIds: [id] },
    ]),
  )
  assert.deepEqual(reads, [200, 50])
})
