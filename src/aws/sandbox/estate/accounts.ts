import type { Account } from '../../cloud.ts'

/**
 * The accounts of every sandbox estate, whatever its seed: a company with the usual four. Their ids are those that AWS's
 * documentation uses for examples, or made alike; they belong to nobody.
 */
export const sandboxAccounts: Account[] = [
  { id: '111122223333', name: 'production', regions: ['us-east-1', 'eu-west-1'], isProduction: true },
  { id: '444455556666', name: 'staging', regions: ['us-east-1', 'eu-west-1'], isProduction: false },
  { id: '777788889999', name: 'development', regions: ['us-east-1', 'eu-west-1'], isProduction: false },
  { id: '222233334444', name: 'shared-services', regions: ['us-east-1', 'us-west-2'], isProduction: false },
].map((account) => ({ ...account, cloud: 'sandbox', credentials: { kind: 'sandbox' } }))

/** What share of the estate lies where. Half of it is in one place, so that bulk operations meet one account's quotas. */
export const shares: { account: string; region: string; percent: number }[] = [
  { account: '777788889999', region: 'us-east-1', percent: 50 },
  { account: '777788889999', region: 'eu-west-1', percent: 8 },
  { account: '111122223333', region: 'us-east-1', percent: 15 },
  { account: '111122223333', region: 'eu-west-1', percent: 10 },
  { account: '444455556666', region: 'us-east-1', percent: 5 },
  { account: '444455556666', region: 'eu-west-1', percent: 4 },
  { account: '222233334444', region: 'us-east-1', percent: 5 },
  { account: '222233334444', region: 'us-west-2', percent: 3 },
]
