import type { Account, Aws } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Resource } from '#contracts/resource.ts'
import type { Access } from '#security/access.ts'

export type Readable = {
  /** The accounts whose resources the principal may read. Lists are filtered by it. */
  accounts: (principal: Principal) => Promise<Account[]>
  /** Whether the principal may read this one resource. */
  resource: (principal: Principal, account: Account, resource: Resource) => Promise<boolean>
}

export const createReadable = ({ aws, access }: { aws: Aws; access: Access }): Readable => ({
  accounts: async (principal) => {
    const accounts = await aws.accounts.list()
    const decisions = await Promise.all(
      accounts.map(({ id, cloud, isProduction }) =>
        access.decide(principal, 'resource.read', { type: 'Account', id, account: id, cloud, isProduction }),
      ),
    )
    return accounts.filter((_, index) => decisions[index]?.allowed === true)
  },

  resource: async (principal, { cloud, isProduction }, { id, account, region, tags }) => {
    const decision = await access.decide(principal, 'resource.read', {
      type: 'Resource',
      id,
      account,
      region,
      cloud,
      tags,
      isProduction,
    })
    return decision.allowed
  },
})
