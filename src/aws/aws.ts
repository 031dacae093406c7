import { createCloudClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import { createEnsureFirst } from './accounts/first.ts'
import { createAccountRepository } from './accounts/repository.ts'
import type { Sealing } from './accounts/row.ts'
import { partitionOf } from './arn.ts'
import { createAutoScaling } from './autoscaling/create.ts'
import type { Account, Aws } from './cloud.ts'
import { createClientPool } from './clients/pool.ts'
import type { ClientPool } from './clients/pool.ts'
import { createCloudControl } from './cloudcontrol/create.ts'
import { costExplorerRegion, createCostExplorer } from './costexplorer/create.ts'
import { createCloudTrail } from './cloudtrail/create.ts'
import { createCloudWatch } from './cloudwatch/create.ts'
import { createEc2 } from './ec2/create.ts'
import { createIam } from './iam/create.ts'
import { createLambda } from './lambda/create.ts'
import { createElb } from './elb/create.ts'
import { createLogs } from './logs/create.ts'
import { createBreaker } from './breaker/breaker.ts'
import { createLimiter } from './quotas/limiter.ts'
import { plannedBuckets } from './quotas/limits.ts'
import { readQuotas } from './quotas/view.ts'
import { createS3 } from './s3/create.ts'
import { awsError } from './sandbox/aws-error.ts'
import type { SandboxTransport } from './sandbox/transport.ts'
import { createSend } from './send/send.ts'
import { createTagging } from './tagging/create.ts'
import { createOrganizations, organizationsRegion } from './organizations/create.ts'
import { createSqs } from './sqs/create.ts'
import { getIdentity } from './sts/identity.ts'

export type AwsOptions = {
  db: Database
  log: Log
  clock: Clock
  /**
   * `transport` is the sandbox's host in this process (#aws/sandbox-host.ts), a client of the process that hosts it
   * (#aws/sandbox-client.ts), or undefined in an installation without one.
   */
  sandbox: { speed: number; transport: SandboxTransport | undefined }
  /** Of any AWS-compatible endpoint; real accounts are reached there instead. */
  endpointUrl?: string | undefined
  /** Of the account that a fresh installation on real AWS begins with; us-east-1 unless given. */
  region?: string | undefined
  /** Needed as soon as an account has an ExternalId. */
  crypto?: Sealing | undefined
  /** Wakes the live feed when a breaker opens or closes; without one it looks by itself a moment later. */
  notifier?: Notifier | undefined
}

/** Calls of a sandbox account where no sandbox is configured. */
const noSandbox: SandboxTransport = {
  handle: async () => {
    throw awsError(
      'ServiceUnavailable',
      'This process has no sandbox: set ORCHESTRATOR_SANDBOX_URL, or give it the role "sandbox".',
      503,
    )
  },
}

/** Global services answer in the Region that signs; STS and IAM are asked in the account's first. */
const firstRegion = (account: Account): string => account.regions[0] ?? 'us-east-1'

/** The AWS box: accounts, clients, adapters and quotas over one database. */
export const createAws = ({ db, log, clock, sandbox, endpointUrl, region, crypto, notifier }: AwsOptions): Aws => {
  const accounts = createAccountRepository({ sql: db, clock, crypto })
  const limiter = createLimiter({ sql: db, clock })
  const breaker = createBreaker({ db, clock, notifier })
  const clients = createClientPool({ sandbox: sandbox.transport ?? noSandbox, endpointUrl })
  const clocks = { sandbox: createCloudClock(sandbox.speed), aws: createCloudClock(1) }

  const sendTo = (account: Account, where: string, service: string) =>
    createSend(
      { limiter, breaker, now: clock.now },
      {
        cloud: account.cloud,
        account: account.id,
        region: where,
        service,
        speed: clocks[account.cloud].speed,
      },
    )

  /** What an adapter of a service has: its client, the way through quotas and breakers, and where it is. */
  const contextOf = async <Name extends Parameters<ClientPool['of']>[0]>(
    service: Name,
    account: Account,
    where: string,
  ) => ({
    ...(await clients.of(service, account, where)),
    send: sendTo(account, where, service),
    account: account.id,
    region: where,
    partition: partitionOf(where),
  })

  const identity: Aws['identity'] = async (account, call) => {
    const where = firstRegion(account)
    return getIdentity({ ...(await clients.of('sts', account, where)), send: sendTo(account, where, 'sts') }, call)
  }

  return {
    accounts: {
      ...accounts,
      ensureFirst: createEnsureFirst({
        accounts,
        identity: (account) => identity(account, { priority: 'interactive' }),
        region,
        log,
      }),
    },
    ec2: async (account, where) => createEc2(await contextOf('ec2', account, where)),
    elb: async (account, where) => createElb(await contextOf('elb', account, where)),
    autoscaling: async (account, where) => createAutoScaling(await contextOf('autoscaling', account, where)),
    cloudwatch: async (account, where) => createCloudWatch(await contextOf('cloudwatch', account, where)),
    cloudtrail: async (account, where) => createCloudTrail(await contextOf('cloudtrail', account, where)),
    logs: async (account, where) => createLogs(await contextOf('logs', account, where)),
    s3: async (account, where) => createS3(await contextOf('s3', account, where)),
    lambda: async (account, where) => createLambda(await contextOf('lambda', account, where)),
    iam: async (account) => createIam(await contextOf('iam', account, firstRegion(account))),
    tagging: async (account, where) => createTagging(await contextOf('tagging', account, where)),
    organizations: async (account) =>
      createOrganizations(
        await contextOf('organizations', account, organizationsRegion(partitionOf(firstRegion(account)))),
      ),
    costExplorer: async (account) =>
      createCostExplorer(
        await contextOf('costexplorer', account, costExplorerRegion(partitionOf(firstRegion(account)))),
      ),
    sqs: async (account, where) => createSqs(await contextOf('sqs', account, where)),
    cloudcontrol: async (account, where) => createCloudControl(await contextOf('cloudcontrol', account, where)),
    identity,
    clock: (account) => clocks[account.cloud],
    quotas: {
      list: () => readQuotas(db),
      bucketsOf: (service, action) =>
        plannedBuckets(service, action).map(({ name, limit, unit }) => ({
          name,
          limit,
          tokens: (resources) => (unit === 'requests' ? 1 : resources),
        })),
    },
    breakers: { list: breaker.list, tell: breaker.tell },
    close: async () => {
      limiter.close()
      clients.close()
    },
  }
}
