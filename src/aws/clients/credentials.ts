import type { AwsCredentialIdentityProvider } from '@aws-sdk/types'
import type { Account } from '../cloud.ts'
import { createBoundedCache } from '#platform/bounded-cache.ts'

/** What the SDK signs sandbox calls with. They belong to nobody, and such a call never reaches the network. */
const sandboxCredentials = { accessKeyId: 'AKIASANDBOX000000000', secretAccessKey: 'sandbox' }

/**
 * Credentials of an account. The process's own are used only where its row says `ambient`, or as the identity that
 * assumes the role of a `role` row. The providers renew what expires.
 */
const credentialsOf = async (
  account: Account,
  region: string,
  endpointUrl: string | undefined,
): Promise<AwsCredentialIdentityProvider | typeof sandboxCredentials> => {
  const { credentials } = account
  if (credentials.kind === 'sandbox') return sandboxCredentials
  const providers = await import('@aws-sdk/credential-providers')
  const clientConfig = { region, ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }) }
  switch (credentials.kind) {
    case 'role':
      // Made anew each time: it holds a client of its own, and is needed once an hour.
      return () =>
        providers.fromTemporaryCredentials({
          params: {
            RoleArn: credentials.roleArn,
            RoleSessionName: 'aws-orchestrator',
            ...(credentials.externalId === null ? {} : { ExternalId: credentials.externalId }),
          },
          // A connection that is kept until then is one too many, for each account and Region.
          clientConfig: {
            ...clientConfig,
            requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
          },
        })()
    case 'profile':
      return providers.fromIni({ profile: credentials.profile, clientConfig })
    case 'ambient':
      return providers.fromNodeProviderChain({ clientConfig })
  }
}

/** What is so close to its end is asked for anew, as the SDK does. */
const renewBeforeMs = 300_000
/** Accounts and Regions whose credentials are kept. */
const mostKept = 4_000

export type Credentials = (account: Account, region: string) => ReturnType<typeof credentialsOf>

/**
 * Credentials that all clients of an account and Region share, also those that are made anew after theirs were closed: a role is
 * assumed once an hour, not once for each service and each client.
 */
export const createCredentials = ({
  endpointUrl,
  now = Date.now,
}: {
  endpointUrl: string | undefined
  now?: () => number
}): Credentials => {
  const kept = createBoundedCache<ReturnType<typeof credentialsOf>>(mostKept)
  return async (account, region) => {
    const key = JSON.stringify([account.credentials, region])
    const found = kept.get(key)
    if (found !== undefined) return found
    const made = credentialsOf(account, region, endpointUrl).then((credentials) =>
      typeof credentials === 'function' ? shared(credentials, now) : credentials,
    )
    kept.set(key, made)
    // What could not be made (a module that doesn't load) must not stay broken.
    made.catch(() => kept.delete(key))
    return made
  }
}

/** Who asks while it is being asked waits for that answer; one that failed is kept for nobody. */
const shared = (provide: AwsCredentialIdentityProvider, now: () => number): AwsCredentialIdentityProvider => {
  let known: Awaited<ReturnType<AwsCredentialIdentityProvider>> | undefined
  let asking: ReturnType<AwsCredentialIdentityProvider> | undefined
  return () => {
    const isGood =
      known !== undefined && (known.expiration === undefined || known.expiration.getTime() - now() > renewBeforeMs)
    if (known !== undefined && isGood) return Promise.resolve(known)
    asking ??= provide()
      .then((credentials) => (known = credentials))
      .finally(() => (asking = undefined))
    return asking
  }
}
