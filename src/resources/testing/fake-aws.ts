import type { Account, Aws } from '#aws/cloud.ts'
import type { TrailEvent } from '#aws/cloudtrail.ts'
import type { Snapshot } from '#aws/ec2-inventory.ts'
import type { Ec2, Ec2Instance, Ec2Volume } from '#aws/ec2.ts'
import type { MemberAccount } from '#aws/organizations.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { Reader } from '#aws/reader.ts'
import { createCloudClock } from '#platform/clock.ts'
import { emptyServices } from './empty-services.ts'
import { emptyAutoScaling, emptyElb, nothing } from '../../../test/support/empty-aws.ts'

export const accountA = '111111111111'
export const accountB = '222222222222'

export const fakeAccount = (id: string, name: string, regions = ['eu-west-1']): Account => ({
  id,
  name,
  cloud: 'sandbox',
  regions,
  credentials: { kind: 'sandbox' },
  isProduction: false,
})

/** An instance with everything that a test doesn't care about filled in. */
export const fakeInstance = (id: string, given: Partial<Ec2Instance> = {}): Ec2Instance => {
  const account = given.account ?? accountA
  const region = given.region ?? 'eu-west-1'
  return {
    id,
    arn: `arn:aws:ec2:${region}:${account}:instance/${id}`,
    account,
    region,
    state: 'running',
    stateReason: null,
    instanceType: 'm5.large',
    availabilityZone: `${region}a`,
    launchedAt: '2026-01-02T03:04:05.000Z',
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
    tags: { Name: `name-of-${id}` },
    raw: { InstanceId: id },
    ...given,
  }
}

export const fakeVolume = (id: string, given: Partial<Ec2Volume> = {}): Ec2Volume => {
  const account = given.account ?? accountA
  const region = given.region ?? 'eu-west-1'
  return {
    id,
    arn: `arn:aws:ec2:${region}:${account}:volume/${id}`,
    account,
    region,
    state: 'in-use',
    sizeGib: 100,
    volumeType: 'gp3',
    iops: 3000,
    isEncrypted: true,
    availabilityZone: `${region}a`,
    createdAt: null,
    snapshotId: null,
    attachedTo: [],
    tags: {},
    raw: { VolumeId: id },
    ...given,
  }
}

/** Its ARN says no account. */
export const fakeSnapshot = (id: string, given: Partial<Snapshot> = {}): Snapshot => {
  const region = given.region ?? 'eu-west-1'
  return {
    id,
    arn: `arn:aws:ec2:${region}::snapshot/${id}`,
    account: accountA,
    region,
    state: 'completed',
    volumeId: 'vol-1',
    sizeGib: 8,
    isEncrypted: true,
    storageTier: 'standard',
    description: null,
    startedAt: null,
    tags: {},
    raw: { SnapshotId: id },
    ...given,
  }
}

export type FakeAws = {
  aws: Aws
  accounts: Account[]
  instances: Ec2Instance[]
  volumes: Ec2Volume[]
  snapshots: Snapshot[]
  /** What reads of an account ("<account>", "<action> <account>", "<account> page <number>") do instead of answering: throw, or wait. */
  before: Map<string, () => Promise<void> | void>
  /** Reads so far, as "<action> <account>". */
  calls: string[]
  pageSize: number
  /** What CloudTrail says of every resource. */
  trail: TrailEvent[]
  /** What waits in the queue, and what was deleted from it. */
  messages: string[]
  deleted: string[]
  /** Of the organization. */
  members: MemberAccount[]
}

export const accessDenied = new AwsFailure({
  kind: 'permanent',
  code: 'UnauthorizedOperation',
  message: 'You are not authorized to perform this operation.',
  service: 'ec2',
  action: 'DescribeInstances',
})

/** A cloud in memory, read-only as the inventory sees it; a test changes what it holds. */
export const createFakeAws = (accounts: Account[]): FakeAws => {
  const fake: Omit<FakeAws, 'aws'> = {
    accounts,
    instances: [],
    volumes: [],
    snapshots: [],
    before: new Map(),
    calls: [],
    pageSize: 2,
    trail: [],
    messages: [],
    deleted: [],
    members: [],
  }

  const begin = async (action: string, account: string): Promise<void> => {
    fake.calls.push(`${action} ${account}`)
    await fake.before.get(account)?.()
    await fake.before.get(`${action} ${account}`)?.()
  }
  async function* pages<One extends { account: string; region: string }>(all: One[], account: string, region: string) {
    const here = all.filter((one) => one.account === account && one.region === region)
    for (let from = 0; from < Math.max(here.length, 1); from += fake.pageSize) {
      await fake.before.get(`${account} page ${from / fake.pageSize}`)?.()
      yield structuredClone(here.slice(from, from + fake.pageSize))
    }
  }
  /** There is nothing of that kind, but an account that can't be read says so here too. */
  const none = (kind: string, account: string): Reader<never> => ({
    ...nothing,
    list: async function* (call) {
      await begin(`list ${kind}`, account)
      yield* nothing.list(call)
    },
  })
  const isNotNeeded = (): never => {
    throw new Error('the inventory only reads')
  }
  const find = (id: string): Account => {
    const account = fake.accounts.find((one) => one.id === id)
    if (account === undefined) throw new Error(`no account ${id}`)
    return account
  }

  const ec2 = async (account: Account, region: string): Promise<Ec2> => ({
    describeInstances: async (_call, ids) => {
      await begin('describeInstances', account.id)
      const here = fake.instances.filter((one) => one.account === account.id && one.region === region)
      return structuredClone(here.filter((one) => ids.includes(one.id)))
    },
    listInstances: async function* (_call, { states } = {}) {
      await begin(states === undefined ? 'listInstances' : 'listMovingInstances', account.id)
      const asked = fake.instances.filter(({ state }) => states === undefined || states.includes(state))
      yield* pages(asked, account.id, region)
    },
    listVolumes: async function* () {
      await begin('listVolumes', account.id)
      yield* pages(fake.volumes, account.id, region)
    },
    describeInstanceStatus: isNotNeeded,
    describeVolumes: async (_call, ids) => {
      await begin('describeVolumes', account.id)
      const here = fake.volumes.filter((one) => one.account === account.id && one.region === region)
      return structuredClone(here.filter((one) => ids.includes(one.id)))
    },
    inventory: {
      images: none('images', account.id),
      securityGroups: none('securityGroups', account.id),
      vpcs: none('vpcs', account.id),
      subnets: none('subnets', account.id),
      addresses: none('addresses', account.id),
      keyPairs: none('keyPairs', account.id),
      snapshots: {
        list: async function* () {
          await begin('listSnapshots', account.id)
          yield* pages(fake.snapshots, account.id, region)
        },
        describe: async (_call, ids) => {
          await begin('describeSnapshots', account.id)
          const here = fake.snapshots.filter((one) => one.account === account.id && one.region === region)
          return structuredClone(here.filter((one) => ids.includes(one.id)))
        },
      },
    },
    describeInstanceTypes: isNotNeeded,
    zonesOffering: isNotNeeded,
    describeSnapshots: isNotNeeded,
    describeImages: isNotNeeded,
    isStopProtected: isNotNeeded,
    isTerminationProtected: isNotNeeded,
    startInstances: isNotNeeded,
    stopInstances: isNotNeeded,
    rebootInstances: isNotNeeded,
    terminateInstances: isNotNeeded,
    modifyInstanceType: isNotNeeded,
    createSnapshots: isNotNeeded,
    deleteSnapshot: isNotNeeded,
    createImage: isNotNeeded,
    deregisterImage: isNotNeeded,
    createTags: isNotNeeded,
    deleteTags: isNotNeeded,
  })

  const aws: Aws = {
    accounts: {
      list: async () => [...fake.accounts],
      get: async (id) => find(id),
      create: async (account) => {
        fake.accounts.push(account)
        return account
      },
      update: async (id, changes) => Object.assign(find(id), changes),
      remove: async (id) => void fake.accounts.splice(fake.accounts.indexOf(find(id)), 1),
      ensureFirst: isNotNeeded,
    },
    ec2,
    elb: async () => emptyElb,
    autoscaling: async () => emptyAutoScaling,
    cloudwatch: async (account) => ({
      getMetricData: async (_call, { queries, from, to }) => {
        await begin('getMetricData', account.id)
        return queries.map(({ periodSeconds }) => {
          const periodMs = periodSeconds * 1000
          const firstMs = Math.ceil(from.getTime() / periodMs) * periodMs
          return Array.from({ length: Math.max(0, Math.ceil((to.getTime() - firstMs) / periodMs)) }, (_, index) => ({
            atMs: firstMs + index * periodMs,
            value: 12.5,
          }))
        })
      },
      describeAlarms: async () => [],
      listAlarms: async function* () {},
      listDashboards: async function* () {},
      getDashboard: async () => undefined,
      firingAlarms: isNotNeeded,
      serviceUsage: isNotNeeded,
      putMetricAlarm: isNotNeeded,
      deleteAlarms: isNotNeeded,
    }),
    cloudtrail: async (account) => ({
      lookupEvents: async (_call, resource) => {
        await begin(`lookupEvents ${resource}`, account.id)
        return structuredClone(fake.trail)
      },
    }),
    logs: async () => ({
      describeGroups: async () => [],
      listGroups: async function* () {},
      listMetricFilters: async function* () {},
      filterEvents: async () => ({ events: [], next: null }),
      putRetention: isNotNeeded,
      deleteRetention: isNotNeeded,
    }),
    ...emptyServices,
    sqs: async (account) => ({
      receive: async ({ signal }) => {
        await begin('receive', account.id)
        const messages = fake.messages.splice(0, 10)
        // A long poll ends with a message or after its time.
        if (messages.length === 0)
          await new Promise((resolve) => {
            const timer = setTimeout(resolve, 20)
            signal?.addEventListener('abort', () => (clearTimeout(timer), resolve(undefined)))
          })
        return messages.map((body) => ({ body, handle: body }))
      },
      delete: async (_call, _url, handles) => void fake.deleted.push(...handles),
    }),
    costExplorer: async () => ({ costsOf: async () => [], resourceDays: async () => [], dailyCosts: async () => [] }),
    organizations: async (account) => ({
      listAccounts: async function* () {
        await begin('listAccounts', account.id)
        for (let from = 0; from < fake.members.length; from += fake.pageSize)
          yield structuredClone(fake.members.slice(from, from + fake.pageSize))
      },
    }),
    identity: async (account) => {
      await begin('identity', account.id)
      return { account: account.id, arn: `arn:aws:sts::${account.id}:assumed-role/orchestrator/x` }
    },
    clock: () => createCloudClock(1),
    breakers: { list: async () => [], tell: () => {} },
    quotas: { list: async () => [], bucketsOf: () => [] },
    close: async () => {},
  }
  return Object.assign(fake, { aws })
}
