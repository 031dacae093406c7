import { errors } from '#aws/errors.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { Account, Aws, BucketLimit } from '#aws/cloud.ts'
import type { Ec2, Ec2Instance } from '#aws/ec2.ts'
import { createCloudClock } from '#platform/clock.ts'

/**
 * A hand-written EC2 for tests of planning and of operations: instances in memory that change state at once, and refusals
 * on demand. It knows nothing of quotas or time; the sandbox is the simulation.
 */
export type FakeEc2 = Ec2 & {
  instances: Map<string, Ec2Instance>
  /** Every call with an effect, in order. */
  effects: { action: string; ids: string[]; args?: unknown }[]
  /** Called before each call with an effect; throws to refuse it. */
  refuse: (action: string, ids: readonly string[]) => void
  /** Of running instances; both checks pass where nothing is set. */
  statusChecks: Map<string, { system: string; instance: string }>
}

export const sandboxAccount: Account = {
  id: '111122223333',
  name: 'dev',
  cloud: 'sandbox',
  regions: ['eu-central-1'],
  credentials: { kind: 'sandbox' },
  isProduction: false,
}

export const arnOf = (id: string, account = sandboxAccount.id, region = 'eu-central-1'): string =>
  `arn:aws:ec2:${region}:${account}:instance/${id}`

export const instance = (id: string, given: Partial<Ec2Instance> = {}): Ec2Instance => ({
  id,
  arn: arnOf(id, given.account, given.region),
  account: sandboxAccount.id,
  region: 'eu-central-1',
  state: 'running',
  stateReason: null,
  instanceType: 't3.micro',
  availabilityZone: 'eu-central-1a',
  launchedAt: '2026-01-01T00:00:00.000Z',
  architecture: 'x86_64',
  platform: null,
  lifecycle: 'on-demand',
  rootDeviceType: 'ebs',
  hasInstanceStore: false,
  privateIp: '10.0.0.1',
  publicIp: null,
  isPublicIpAutoAssigned: false,
  vpcId: 'vpc-1',
  subnetId: 'subnet-1',
  imageId: 'ami-1',
  volumeIds: [],
  securityGroupIds: [],
  tags: {},
  raw: {},
  ...given,
})

export const refusal = (code: string, culprits: string[] = [], kind: AwsFailure['kind'] = 'permanent'): AwsFailure =>
  new AwsFailure({ kind, code, message: `${code}: refused`, service: 'ec2', action: 'Any', culprits })

export const createFakeEc2 = (instances: readonly Ec2Instance[]): FakeEc2 => {
  const byId = new Map(instances.map((one) => [one.id, one]))
  const change = (id: string, fields: Partial<Ec2Instance>): void => {
    const before = byId.get(id)
    if (before === undefined) throw refusal('InvalidInstanceID.NotFound', [id])
    byId.set(id, { ...before, ...fields })
  }
  const move = (action: string, ids: readonly string[], state: Ec2Instance['state'], args?: unknown) => {
    fake.refuse(action, ids)
    fake.effects.push({ action, ids: [...ids], ...(args === undefined ? {} : { args }) })
    return ids.map((id) => {
      const previous = byId.get(id)?.state ?? 'unknown'
      change(id, { state })
      return { id, previous, current: state }
    })
  }
  const fake: FakeEc2 = {
    instances: byId,
    effects: [],
    statusChecks: new Map(),
    refuse: () => {},
    describeInstances: async (_call, ids) => ids.flatMap((id) => byId.get(id) ?? []),
    listInstances: async function* () {
      yield [...byId.values()]
    },
    listVolumes: async function* () {},
    describeInstanceStatus: async (_call, ids) =>
      ids
        .filter((id) => byId.get(id)?.state === 'running')
        .map((id) => ({ id, ...(fake.statusChecks.get(id) ?? { system: 'ok', instance: 'ok' }) })),
    isStopProtected: async () => false,
    startInstances: async (_call, ids) => move('StartInstances', ids, 'running'),
    stopInstances: async (_call, ids, options) => move('StopInstances', ids, 'stopped', options),
    rebootInstances: async (_call, ids) => {
      fake.refuse('RebootInstances', ids)
      fake.effects.push({ action: 'RebootInstances', ids: [...ids] })
    },
    createTags: async (_call, ids, tags) => {
      fake.refuse('CreateTags', ids)
      fake.effects.push({ action: 'CreateTags', ids: [...ids], args: tags })
      for (const id of ids) change(id, { tags: { ...byId.get(id)?.tags, ...tags } })
    },
    deleteTags: async (_call, ids, keys) => {
      fake.refuse('DeleteTags', ids)
      fake.effects.push({ action: 'DeleteTags', ids: [...ids], args: keys })
      for (const id of ids) {
        const kept = Object.entries(byId.get(id)?.tags ?? {}).filter(([key]) => !keys.includes(key))
        change(id, { tags: Object.fromEntries(kept) })
      }
    },
  }
  return fake
}

/** The buckets of EC2's documentation that the operations of these tests take from. */
const buckets: Record<string, { name: string; limit: BucketLimit; perResource: boolean }[]> = {
  StopInstances: [
    { name: 'mutating', limit: { capacity: 50, refillPerSecond: 5 }, perResource: false },
    { name: 'stop resources', limit: { capacity: 1000, refillPerSecond: 20 }, perResource: true },
  ],
  StartInstances: [
    { name: 'start', limit: { capacity: 5, refillPerSecond: 2 }, perResource: false },
    { name: 'start resources', limit: { capacity: 1000, refillPerSecond: 2 }, perResource: true },
  ],
  RebootInstances: [{ name: 'mutating', limit: { capacity: 50, refillPerSecond: 5 }, perResource: false }],
  CreateTags: [{ name: 'tags', limit: { capacity: 100, refillPerSecond: 10 }, perResource: false }],
  DeleteTags: [{ name: 'tags', limit: { capacity: 100, refillPerSecond: 10 }, perResource: false }],
}

export const fakeQuotas: Aws['quotas'] = {
  bucketsOf: (_service, action) =>
    (buckets[action] ?? []).map(({ name, limit, perResource }) => ({
      name,
      limit,
      tokens: (resources) => (perResource ? resources : 1),
    })),
}

const notHere = (): Promise<never> => Promise.reject(new Error('not part of this fake'))

/** An AWS of accounts that all see the same EC2. */
export const createFakeAws = (ec2: Ec2, accounts: readonly Account[] = [sandboxAccount], speed = 1): Aws => ({
  accounts: {
    list: async () => [...accounts],
    get: async (id) => {
      const account = accounts.find((one) => one.id === id)
      if (account === undefined) throw errors.account_not_found(`There is no account ${id}.`)
      return account
    },
    create: notHere,
    update: notHere,
    remove: notHere,
    ensureFirst: notHere,
  },
  ec2: async () => ec2,
  cloudwatch: notHere,
  logs: notHere,
  identity: notHere,
  clock: () => createCloudClock(speed),
  quotas: fakeQuotas,
  close: async () => {},
})
