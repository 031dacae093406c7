import { errors } from '#aws/errors.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { Account, Aws, BucketLimit } from '#aws/cloud.ts'
import type { CloudWatch } from '#aws/cloudwatch.ts'
import type { Ec2, Ec2Image, Ec2Instance, Ec2InstanceType, Ec2Snapshot, Ec2Volume, MadeQuery } from '#aws/ec2.ts'
import { createCloudClock } from '#platform/clock.ts'
import { emptyAutoScaling, emptyElb, emptyInventory } from './empty-aws.ts'

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
  volumes: Map<string, Ec2Volume>
  snapshots: Map<string, Ec2Snapshot>
  images: Map<string, Ec2Image>
  /** Instance types that exist, and the zones that have each. */
  types: Map<string, Ec2InstanceType & { zones: string[] }>
  terminationProtected: Set<string>
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
  keyName: null,
  iamInstanceProfileArn: null,
  volumeIds: [],
  securityGroupIds: [],
  tags: {},
  raw: {},
  ...given,
})

export const volume = (id: string, given: Partial<Ec2Volume> = {}): Ec2Volume => ({
  id,
  arn: `arn:aws:ec2:eu-central-1:${sandboxAccount.id}:volume/${id}`,
  account: sandboxAccount.id,
  region: 'eu-central-1',
  state: 'in-use',
  sizeGib: 100,
  volumeType: 'gp3',
  iops: 3000,
  isEncrypted: true,
  availabilityZone: 'eu-central-1a',
  createdAt: '2026-01-01T00:00:00.000Z',
  snapshotId: null,
  attachedTo: [],
  tags: {},
  raw: {},
  ...given,
})

/** An instance type as on Nitro, offered in every zone. */
export const instanceType = (
  name: string,
  given: Partial<Ec2InstanceType & { zones: string[] }> = {},
): Ec2InstanceType & { zones: string[] } => ({
  name,
  architectures: ['x86_64'],
  virtualizationTypes: ['hvm'],
  hypervisor: 'nitro',
  isEnaRequired: true,
  isNvmeRequired: true,
  maxNetworkInterfaces: 3,
  maxVolumes: 27,
  sharesAttachments: true,
  vcpus: 2,
  zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
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
  let made = 0
  const ask = (action: string, ids: string[], args?: unknown): void => {
    fake.refuse(action, ids)
    fake.effects.push({ action, ids, ...(args === undefined ? {} : { args }) })
  }
  const chosen = <Made extends { id: string; tags: Record<string, string> }>(
    all: ReadonlyMap<string, Made>,
    query: MadeQuery,
  ): Made[] =>
    'ids' in query
      ? query.ids.flatMap((id) => all.get(id) ?? [])
      : [...all.values()].filter(({ tags }) => query.values.includes(tags[query.tag] ?? ''))
  const fake: FakeEc2 = {
    instances: byId,
    volumes: new Map(),
    snapshots: new Map(),
    images: new Map(),
    types: new Map(),
    terminationProtected: new Set(),
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
    describeVolumes: async (_call, ids) => ids.flatMap((id) => fake.volumes.get(id) ?? []),
    inventory: emptyInventory,
    describeInstanceTypes: async (_call, names) => names.flatMap((name) => fake.types.get(name) ?? []),
    zonesOffering: async (_call, name) => fake.types.get(name)?.zones ?? [],
    describeSnapshots: async (_call, query) => chosen(fake.snapshots, query),
    describeImages: async (_call, query) => chosen(fake.images, query),
    isStopProtected: async () => false,
    isTerminationProtected: async (_call, id) => fake.terminationProtected.has(id),
    terminateInstances: async (_call, ids) => move('TerminateInstances', ids, 'terminated'),
    modifyInstanceType: async (_call, id, name) => {
      ask('ModifyInstanceAttribute', [id], name)
      if (byId.get(id)?.state !== 'stopped') throw refusal('IncorrectInstanceState', [id])
      change(id, { instanceType: name })
    },
    createSnapshots: async (_call, { instanceId, tags }) => {
      ask('CreateSnapshots', [instanceId], tags)
      return (byId.get(instanceId)?.volumeIds ?? []).map((volumeId) => {
        const id = `snap-${++made}`
        const startedAt = new Date().toISOString()
        fake.snapshots.set(id, { id, volumeId, state: 'completed', stateMessage: null, sizeGib: 100, startedAt, tags })
        return { id, volumeId }
      })
    },
    deleteSnapshot: async (_call, id) => {
      ask('DeleteSnapshot', [id])
      fake.snapshots.delete(id)
    },
    createImage: async (_call, { instanceId, name, tags }) => {
      ask('CreateImage', [instanceId], name)
      const id = `ami-${++made}`
      const snapshotIds = [`snap-${++made}`]
      fake.images.set(id, { id, name, state: 'available', stateMessage: null, snapshotIds, tags })
      return id
    },
    deregisterImage: async (_call, id) => {
      ask('DeregisterImage', [id])
      fake.images.delete(id)
    },
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
  list: async () => [],
  bucketsOf: (_service, action) =>
    (buckets[action] ?? []).map(({ name, limit, perResource }) => ({
      name,
      limit,
      tokens: (resources) => (perResource ? resources : 1),
    })),
}

const notHere = (): Promise<never> => Promise.reject(new Error('not part of this fake'))

const noCloudWatch: CloudWatch = {
  getMetricData: notHere,
  serviceUsage: async (_call, metrics) => metrics.map(() => null),
  describeAlarms: notHere,
  listAlarms: async function* () {},
  listDashboards: async function* () {},
  getDashboard: notHere,
  firingAlarms: notHere,
  putMetricAlarm: notHere,
  deleteAlarms: notHere,
}

/** An AWS of accounts that all see the same EC2. */
export const createFakeAws = (
  ec2: Ec2,
  accounts: readonly Account[] = [sandboxAccount],
  speed = 1,
  cloudwatch?: Partial<CloudWatch>,
): Aws => ({
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
  elb: async () => emptyElb,
  autoscaling: async () => emptyAutoScaling,
  cloudwatch: async () => ({ ...noCloudWatch, ...cloudwatch }),
  costExplorer: notHere,
  cloudtrail: notHere,
  logs: notHere,
  s3: notHere,
  lambda: notHere,
  iam: notHere,
  tagging: notHere,
  cloudcontrol: notHere,
  sqs: notHere,
  organizations: notHere,
  identity: notHere,
  clock: () => createCloudClock(speed),
  quotas: fakeQuotas,
  breakers: { list: async () => [], tell: () => {} },
  close: async () => {},
})
