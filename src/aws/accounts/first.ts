import type { Log } from '#platform/log.ts'
import type { Cloud } from '#contracts/resource.ts'
import type { Account, CallerIdentity } from '../cloud.ts'
import { errors } from '../errors.ts'
import { AwsFailure } from '../failure.ts'
import { sandboxAccounts } from '../sandbox/estate/accounts.ts'
import type { AccountRepository } from './repository.ts'

/** Where a fresh installation looks when nothing else says so. */
const defaultRegion = 'us-east-1'

/** Gives an installation without accounts its first ones. Any number of processes may do so at once. */
export const createEnsureFirst =
  (deps: {
    accounts: AccountRepository
    identity: (account: Account) => Promise<CallerIdentity>
    region: string | undefined
    log: Log
  }) =>
  async (cloud: Cloud): Promise<Account[]> => {
    if ((await deps.accounts.list()).length > 0) return []
    const first = cloud === 'sandbox' ? sandboxAccounts : [await ambientAccount(deps)]
    const added: Account[] = []
    for (const account of first) {
      try {
        added.push(await deps.accounts.create(account))
      } catch (error) {
        // Another process was faster.
        if ((error as { code?: unknown }).code !== 'account_exists') throw error
      }
    }
    deps.log.info({ accounts: added.map(({ id, name }) => ({ id, name })) }, 'first accounts added')
    return added
  }

/** The account that the process's own credentials belong to. */
const ambientAccount = async (deps: {
  identity: (account: Account) => Promise<CallerIdentity>
  region: string | undefined
}): Promise<Account> => {
  const region = deps.region ?? defaultRegion
  const unknown: Account = {
    id: '000000000000',
    name: 'unknown',
    cloud: 'aws',
    regions: [region],
    credentials: { kind: 'ambient' },
    isProduction: true,
  }
  try {
    const { account } = await deps.identity(unknown)
    return { ...unknown, id: account, name: account }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    throw errors.account_identity(
      `AWS did not say whose credentials this process has (${error.code}). Give it some (environment, profile, instance role), ` +
        'or start with ORCHESTRATOR_CLOUD=sandbox.',
      { cause: error },
    )
  }
}
