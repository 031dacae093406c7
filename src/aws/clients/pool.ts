import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import type { CloudControlClient } from '@aws-sdk/client-cloudcontrol'
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { CostExplorerClient } from '@aws-sdk/client-cost-explorer'
import type { EC2Client } from '@aws-sdk/client-ec2'
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { IAMClient } from '@aws-sdk/client-iam'
import type { LambdaClient } from '@aws-sdk/client-lambda'
import type { OrganizationsClient } from '@aws-sdk/client-organizations'
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api'
import type { S3Client } from '@aws-sdk/client-s3'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { STSClient } from '@aws-sdk/client-sts'
import type { Account } from '../cloud.ts'
import { useSandbox } from '../sandbox/middleware.ts'
import type { SandboxTransport } from '../sandbox/transport.ts'
import { createCredentials } from './credentials.ts'
import type { Credentials } from './credentials.ts'
import { createBoundedCache } from '#platform/bounded-cache.ts'
import { retirementOf } from './retirement.ts'
import type { RetirableClient } from './retirement.ts'

/** The SDK's retries are for hiccups; what takes longer is the engine's business. */
const maxAttempts = 3
const connectionTimeoutMs = 5_000
/**
 * Clients that are kept, of all services, accounts and Regions together. 300 accounts with 4 Regions each would have 15,000, of
 * 20 kB and one or more sockets each. The one that was not used for longest makes room.
 */
const mostClients = 1_000

type Client = {
  autoscaling: AutoScalingClient
  cloudcontrol: CloudControlClient
  cloudtrail: CloudTrailClient
  cloudwatch: CloudWatchClient
  costexplorer: CostExplorerClient
  ec2: EC2Client
  elb: ElasticLoadBalancingV2Client
  iam: IAMClient
  lambda: LambdaClient
  logs: CloudWatchLogsClient
  organizations: OrganizationsClient
  s3: S3Client
  sqs: SQSClient
  sts: STSClient
  tagging: ResourceGroupsTaggingAPIClient
}
/** Written out: inferred from `services`, each module would be spelled out in the declarations, which takes tsc minutes. */
type Sdk = {
  autoscaling: typeof import('@aws-sdk/client-auto-scaling')
  cloudcontrol: typeof import('@aws-sdk/client-cloudcontrol')
  cloudtrail: typeof import('@aws-sdk/client-cloudtrail')
  cloudwatch: typeof import('@aws-sdk/client-cloudwatch')
  costexplorer: typeof import('@aws-sdk/client-cost-explorer')
  ec2: typeof import('@aws-sdk/client-ec2')
  elb: typeof import('@aws-sdk/client-elastic-load-balancing-v2')
  iam: typeof import('@aws-sdk/client-iam')
  lambda: typeof import('@aws-sdk/client-lambda')
  logs: typeof import('@aws-sdk/client-cloudwatch-logs')
  organizations: typeof import('@aws-sdk/client-organizations')
  s3: typeof import('@aws-sdk/client-s3')
  sqs: typeof import('@aws-sdk/client-sqs')
  sts: typeof import('@aws-sdk/client-sts')
  tagging: typeof import('@aws-sdk/client-resource-groups-tagging-api')
}
/** A service's name in quotas, breakers, partitions of the sync and the sandbox's table of handlers. */
type Service = keyof Client

type Config = {
  region: string
  maxAttempts: number
  retryMode: string
  credentials: Awaited<ReturnType<Credentials>>
  requestHandler: { connectionTimeout: number }
  endpoint?: string
}

/** How each service's module is loaded (80 to 270 ms and up to 88 MB each, so on first use) and its client made. */
const services: {
  [Name in Service]: { load: () => Promise<Sdk[Name]>; make: (sdk: Sdk[Name], config: Config) => Client[Name] }
} = {
  autoscaling: {
    load: () => import('@aws-sdk/client-auto-scaling'),
    make: (sdk, config) => new sdk.AutoScalingClient(config),
  },
  cloudcontrol: {
    load: () => import('@aws-sdk/client-cloudcontrol'),
    make: (sdk, config) => new sdk.CloudControlClient(config),
  },
  cloudtrail: {
    load: () => import('@aws-sdk/client-cloudtrail'),
    make: (sdk, config) => new sdk.CloudTrailClient(config),
  },
  cloudwatch: {
    load: () => import('@aws-sdk/client-cloudwatch'),
    make: (sdk, config) => new sdk.CloudWatchClient(config),
  },
  costexplorer: {
    load: () => import('@aws-sdk/client-cost-explorer'),
    make: (sdk, config) => new sdk.CostExplorerClient(config),
  },
  ec2: { load: () => import('@aws-sdk/client-ec2'), make: (sdk, config) => new sdk.EC2Client(config) },
  elb: {
    load: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
    make: (sdk, config) => new sdk.ElasticLoadBalancingV2Client(config),
  },
  iam: { load: () => import('@aws-sdk/client-iam'), make: (sdk, config) => new sdk.IAMClient(config) },
  lambda: { load: () => import('@aws-sdk/client-lambda'), make: (sdk, config) => new sdk.LambdaClient(config) },
  logs: {
    load: () => import('@aws-sdk/client-cloudwatch-logs'),
    make: (sdk, config) => new sdk.CloudWatchLogsClient(config),
  },
  organizations: {
    load: () => import('@aws-sdk/client-organizations'),
    make: (sdk, config) => new sdk.OrganizationsClient(config),
  },
  s3: {
    load: () => import('@aws-sdk/client-s3'),
    // An endpoint of one's own has no host for each bucket, and a bucket is asked about in the Region where it lies.
    make: (sdk, config) =>
      new sdk.S3Client({ ...config, forcePathStyle: config.endpoint !== undefined, followRegionRedirects: true }),
  },
  sqs: { load: () => import('@aws-sdk/client-sqs'), make: (sdk, config) => new sdk.SQSClient(config) },
  sts: { load: () => import('@aws-sdk/client-sts'), make: (sdk, config) => new sdk.STSClient(config) },
  tagging: {
    load: () => import('@aws-sdk/client-resource-groups-tagging-api'),
    make: (sdk, config) => new sdk.ResourceGroupsTaggingAPIClient(config),
  },
}

type AnyClient = RetirableClient & {
  middlewareStack: { remove: (name: string) => boolean } & Parameters<typeof useSandbox>[0]
}
type Kept = { client: AnyClient; retire: () => void }

export type ClientPool = {
  /** The SDK's module of a service and its client for an account and Region. */
  of: <Name extends Service>(
    service: Name,
    account: Account,
    region: string,
  ) => Promise<{ sdk: Sdk[Name]; client: Client[Name] }>
  close: () => void
}

/**
 * Clients of the SDK, one for each service, account and Region, as many as are in use lately. The account's credentials are
 * part of the key, so a changed row gets new clients at once.
 */
export const createClientPool = (options: {
  sandbox: SandboxTransport
  endpointUrl: string | undefined
  mostClients?: number
}): ClientPool => {
  const retire = (kept: Promise<Kept>): void => void kept.then((one) => one.retire()).catch(() => {})
  const clients = createBoundedCache<Promise<Kept>>(options.mostClients ?? mostClients, retire)
  const credentialsOf = createCredentials({ endpointUrl: options.endpointUrl })

  const configure = async (account: Account, region: string): Promise<Config> => ({
    region,
    maxAttempts,
    retryMode: 'standard',
    credentials: await credentialsOf(account, region),
    requestHandler: { connectionTimeout: connectionTimeoutMs },
    ...(account.cloud === 'sandbox' ? { endpoint: 'https://sandbox.invalid' } : {}),
    ...(account.cloud === 'aws' && options.endpointUrl !== undefined ? { endpoint: options.endpointUrl } : {}),
  })

  const cached = <Name extends Service>(
    service: Name,
    sdk: Sdk[Name],
    account: Account,
    region: string,
  ): Promise<Client[Name]> => {
    const key = JSON.stringify([service, account.id, account.cloud, region, account.credentials])
    let kept = clients.get(key)
    if (kept === undefined) {
      kept = configure(account, region).then((config) => {
        // What all clients have; their union in full is more than tsc takes.
        const made = services[service].make(sdk, config) as unknown as AnyClient
        // It makes a copy of every answer without its secrets, for a logger that isn't there: a fifth of a plan's time.
        made.middlewareStack.remove('loggerMiddleware')
        if (account.cloud === 'sandbox')
          useSandbox(made.middlewareStack, options.sandbox, { service, account: account.id, region })
        return { client: made, retire: retirementOf(made) }
      })
      clients.set(key, kept)
      // A client that could not be made (a module that doesn't load) must not stay broken.
      kept.catch(() => clients.delete(key))
    }
    // The service is part of the key, so what is found there was made for it.
    return kept.then(({ client }) => client as unknown as Client[Name])
  }

  return {
    of: async (service, account, region) => {
      const sdk = await services[service].load()
      return { sdk, client: await cached(service, sdk, account, region) }
    },
    close: () => {
      for (const kept of clients.values()) void kept.then(({ client }) => client.destroy()).catch(() => {})
      clients.clear()
    },
  }
}
