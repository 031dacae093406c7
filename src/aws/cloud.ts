import type { CloudClock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Cloud } from '#contracts/resource.ts'
import type { TellOfBreaker } from './breaker/breaker.ts'
import type { BreakerRow } from './breaker/store.ts'
import type { AutoScaling } from './autoscaling.ts'
import type { Call } from './call.ts'
import type { QuotaBucket } from './quotas/view.ts'
import type { CloudControl } from './cloudcontrol.ts'
import type { CloudTrail } from './cloudtrail.ts'
import type { CostExplorer } from './costexplorer.ts'
import type { CloudWatch } from './cloudwatch.ts'
import type { Ec2 } from './ec2.ts'
import type { Iam } from './iam.ts'
import type { Lambda } from './lambda.ts'
import type { Elb } from './elb.ts'
import type { Logs } from './logs.ts'
import type { S3 } from './s3.ts'
import type { Organizations } from './organizations.ts'
import type { Sqs } from './sqs.ts'
import type { Tagging } from './tagging.ts'

/** An AWS account that the installation knows, as a row of the `accounts` table. */
export type Account = {
  /** 12 digits. */
  id: string
  name: string
  cloud: Cloud
  regions: string[]
  /** How clients get credentials: assume a role (with its ExternalId), a named profile, or the process's own. */
  credentials: AccountCredentials
  isProduction: boolean
  /** Where the costs of its resources come from; the price table unless it says so. */
  costs?: CostSource | undefined
}

/** The price table that comes with the release, or what AWS says that resources have cost, which AWS charges for. */
export type CostSource = 'prices' | 'cost-explorer'

export type AccountCredentials =
  | { kind: 'sandbox' }
  | { kind: 'role'; roleArn: string; externalId: string | null }
  | { kind: 'profile'; profile: string }
  | { kind: 'ambient' }

/** What can be changed of an account; its id and its cloud can't. */
export type AccountChanges = Partial<Pick<Account, 'name' | 'regions' | 'credentials' | 'isProduction' | 'costs'>>

export type { TellOfBreaker }

/** What one bucket holds; capacities in tokens, refill in tokens per second of cloud time. */
export type BucketLimit = { capacity: number; refillPerSecond: number }

/** Who AWS says we are. */
export type CallerIdentity = { account: string; arn: string }

/** The AWS box as the services see it. */
export type Aws = {
  accounts: {
    /** By name. */
    list: () => Promise<Account[]>
    /** Throws `account_not_found`. */
    get: (id: string) => Promise<Account>
    /** In the caller's transaction when one is given. Throws `account_exists` or `account_invalid`. */
    create: (account: Account, sql?: Sql) => Promise<Account>
    /** Throws `account_not_found` or `account_invalid`. */
    update: (id: string, changes: AccountChanges, sql?: Sql) => Promise<Account>
    /** Throws `account_not_found`. */
    remove: (id: string, sql?: Sql) => Promise<void>
    /**
     * Gives an installation without accounts its first ones: those of the sandbox, or the account that the process's own
     * credentials belong to (throws `account_identity` when AWS doesn't accept them). Returns what was added.
     */
    ensureFirst: (cloud: Cloud) => Promise<Account[]>
  }
  /** EC2 of an account and Region. Loads the SDK's client on first use. */
  ec2: (account: Account, region: string) => Promise<Ec2>
  /** Elastic Load Balancing (v2) of an account and Region. Loads the SDK's client on first use. */
  elb: (account: Account, region: string) => Promise<Elb>
  /** Auto Scaling of an account and Region. Loads the SDK's client on first use. */
  autoscaling: (account: Account, region: string) => Promise<AutoScaling>
  /** CloudWatch of an account and Region. Loads the SDK's client on first use. */
  cloudwatch: (account: Account, region: string) => Promise<CloudWatch>
  /** CloudTrail of an account and Region. Loads the SDK's client on first use. */
  cloudtrail: (account: Account, region: string) => Promise<CloudTrail>
  /** CloudWatch Logs of an account and Region. Loads the SDK's client on first use. */
  logs: (account: Account, region: string) => Promise<Logs>
  /** The buckets of an account that lie in a Region. */
  s3: (account: Account, region: string) => Promise<S3>
  lambda: (account: Account, region: string) => Promise<Lambda>
  /** IAM of an account; it has no Regions. */
  iam: (account: Account) => Promise<Iam>
  /** Tagged resources of every service. */
  tagging: (account: Account, region: string) => Promise<Tagging>
  /** Resources of most types, one by one. */
  cloudcontrol: (account: Account, region: string) => Promise<CloudControl>
  /** AWS Organizations, as this account may see it. */
  organizations: (account: Account) => Promise<Organizations>
  /** What the resources of an account cost. */
  costExplorer: (account: Account) => Promise<CostExplorer>
  /** SQS of an account and Region. */
  sqs: (account: Account, region: string) => Promise<Sqs>
  /** Asks AWS whose credentials the account's are (STS GetCallerIdentity). */
  identity: (account: Account, call: Call) => Promise<CallerIdentity>
  /** The clock that AWS waits run on: the sandbox's speed on sandbox accounts, else the wall's. */
  clock: (account: Account) => CloudClock
  quotas: {
    /**
     * The buckets that a call of this action takes from, for estimates: which bucket, and how many tokens for a call
     * with that many resources. The limits are those that the limiter keeps to: 95 % of AWS's.
     */
    bucketsOf: (
      service: string,
      action: string,
    ) => { name: string; limit: BucketLimit; tokens: (resources: number) => number }[]
    /** The buckets in use right now, those that somebody waits for first. */
    list: () => Promise<QuotaBucket[]>
  }
  /** Services that do not answer: one breaker for each account, Region and service. */
  breakers: {
    /** Those that are not closed. */
    list: () => Promise<BreakerRow[]>
    /** Who is to be told when one opens or closes, in the transaction that does it. */
    tell: (tell: TellOfBreaker) => void
  }
  close: () => Promise<void>
}
