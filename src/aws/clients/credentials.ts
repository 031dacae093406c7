import type { AwsCredentialIdentityProvider } from '@aws-sdk/types'
import type { Account } from '../cloud.ts'

/** What the SDK signs sandbox calls with. They belong to nobody, and such a call never reaches the network. */
const sandboxCredentials = { accessKeyId: 'AKIASANDBOX000000000', secretAccessKey: 'sandbox' }

/**
 * Credentials of an account. The process's own are used only where its row says `ambient`, or as the identity that
 * assumes the role of a `role` row. The providers renew what expires.
 */
export const credentialsOf = async (
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
      return providers.fromTemporaryCredentials({
        params: {
          RoleArn: credentials.roleArn,
          RoleSessionName: 'aws-orchestrator',
          ...(credentials.externalId === null ? {} : { ExternalId: credentials.externalId }),
        },
        clientConfig,
      })
    case 'profile':
      return providers.fromIni({ profile: credentials.profile, clientConfig })
    case 'ambient':
      return providers.fromNodeProviderChain({ clientConfig })
  }
}
