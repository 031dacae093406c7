import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { EC2Client } from '@aws-sdk/client-ec2'
import type { STSClient } from '@aws-sdk/client-sts'
import type { Account } from '../cloud.ts'
import { useSandbox } from '../sandbox/middleware.ts'
import type { SandboxTransport } from '../sandbox/transport.ts'
import { credentialsOf } from './credentials.ts'

/** The SDK's retries are for hiccups; what takes longer is the engine's business. */
const maxAttempts = 3
const connectionTimeoutMs = 5_000

/** SDK modules by service; each costs 80 to 270 ms and up to 88 MB, so they are loaded on first use. */
const load = {
  ec2: () => import('@aws-sdk/client-ec2'),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  logs: () => import('@aws-sdk/client-cloudwatch-logs'),
  sts: () => import('@aws-sdk/client-sts'),
}
type Client = { ec2: EC2Client; cloudwatch: CloudWatchClient; logs: CloudWatchLogsClient; sts: STSClient }
/** Written out: inferred from `load`, each module would be spelled out in the declarations, which takes tsc minutes. */
type Sdk = {
  ec2: typeof import('@aws-sdk/client-ec2')
  cloudwatch: typeof import('@aws-sdk/client-cloudwatch')
  logs: typeof import('@aws-sdk/client-cloudwatch-logs')
  sts: typeof import('@aws-sdk/client-sts')
}

export type ClientPool = {
  ec2: (account: Account, region: string) => Promise<{ sdk: Sdk['ec2']; client: EC2Client }>
  cloudwatch: (account: Account, region: string) => Promise<{ sdk: Sdk['cloudwatch']; client: CloudWatchClient }>
  logs: (account: Account, region: string) => Promise<{ sdk: Sdk['logs']; client: CloudWatchLogsClient }>
  sts: (account: Account, region: string) => Promise<{ sdk: Sdk['sts']; client: STSClient }>
  close: () => void
}

/**
 * Clients of the SDK, one for each service, account and Region. The account's credentials are part of the key, so a changed
 * row gets new clients at once.
 */
export const createClientPool = (options: {
  sandbox: SandboxTransport
  endpointUrl: string | undefined
}): ClientPool => {
  const clients = new Map<string, Promise<Client[keyof Client]>>()

  const configure = async (account: Account, region: string) => ({
    region,
    maxAttempts,
    retryMode: 'standard',
    credentials: await credentialsOf(account, region, options.endpointUrl),
    requestHandler: { connectionTimeout: connectionTimeoutMs },
    ...(account.cloud === 'sandbox' ? { endpoint: 'https://sandbox.invalid' } : {}),
    ...(account.cloud === 'aws' && options.endpointUrl !== undefined ? { endpoint: options.endpointUrl } : {}),
  })

  const cached = <Made extends Client[keyof Client]>(
    service: keyof typeof load,
    account: Account,
    region: string,
    make: () => Promise<Made>,
  ): Promise<Made> => {
    const key = JSON.stringify([service, account.id, account.cloud, region, account.credentials])
    let client = clients.get(key)
    if (client === undefined) {
      client = make().then((made) => {
        // It makes a copy of every answer without its secrets, for a logger that isn't there: a fifth of a plan's time.
        made.middlewareStack.remove('loggerMiddleware')
        if (account.cloud === 'sandbox')
          useSandbox(made.middlewareStack, options.sandbox, { service, account: account.id, region })
        return made
      })
      clients.set(key, client)
      // A client that could not be made (a module that doesn't load) must not stay broken.
      client.catch(() => clients.delete(key))
    }
    // The service is part of the key, so what is found there was made by the same `make`.
    return client as Promise<Made>
  }

  return {
    ec2: async (account, region) => {
      const sdk = await load.ec2()
      return {
        sdk,
        client: await cached('ec2', account, region, async () => new sdk.EC2Client(await configure(account, region))),
      }
    },
    cloudwatch: async (account, region) => {
      const sdk = await load.cloudwatch()
      const make = async () => new sdk.CloudWatchClient(await configure(account, region))
      return { sdk, client: await cached('cloudwatch', account, region, make) }
    },
    logs: async (account, region) => {
      const sdk = await load.logs()
      const make = async () => new sdk.CloudWatchLogsClient(await configure(account, region))
      return { sdk, client: await cached('logs', account, region, make) }
    },
    sts: async (account, region) => {
      const sdk = await load.sts()
      return {
        sdk,
        client: await cached('sts', account, region, async () => new sdk.STSClient(await configure(account, region))),
      }
    },
    close: () => {
      for (const client of clients.values()) void client.then((made) => made.destroy()).catch(() => {})
      clients.clear()
    },
  }
}
