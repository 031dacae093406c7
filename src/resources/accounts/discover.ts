import type { Account, Aws } from '#aws/cloud.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { MemberAccount } from '#aws/organizations.ts'
import type { NewAccount } from '#contracts/account.ts'
import type { DiscoverRequest, DiscoveryResult } from '#contracts/discovery.ts'
import type { Database } from '#platform/db/database.ts'
import type { Access } from '#security/access.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { errors } from '../errors.ts'
import { putWatch } from '../store/organizations.ts'
import { failureText } from '../sync/failure-text.ts'
import type { Asker } from './accounts.ts'

/** An organization may have more; whoever has so many names them otherwise. */
const maxMembers = 10_000

export type Discover = (asker: Asker, request: DiscoverRequest) => Promise<DiscoveryResult>

/** The accounts of an organization, page by page. Throws an AwsFailure where it can't be asked. */
export const membersOf = async (
  aws: Aws,
  account: Account,
  priority: 'interactive' | 'sweep',
): Promise<MemberAccount[]> => {
  const members: MemberAccount[] = []
  for await (const page of (await aws.organizations(account)).listAccounts({ priority })) {
    members.push(...page)
    if (members.length >= maxMembers) break
  }
  return members
}

/**
 * Proposes the accounts of an organization: adding one is a step of its own. From then on the organization is looked through
 * once a day (watch-organizations.ts).
 */
export const createDiscover =
  (deps: {
    db: Database
    aws: Aws
    access: Access
    /** The account that the asker may see; otherwise it doesn't exist for them. */
    visible: (principal: Asker['principal'], id: string) => Promise<Account>
  }): Discover =>
  async ({ principal, requestId }, request) => {
    const { db, aws, access, visible } = deps
    const account = await visible(principal, request.account)
    const { id, cloud, isProduction } = account
    await access.require(
      principal,
      'account.manage',
      { type: 'Account', id, account: id, cloud, isProduction },
      { requestId },
    )
    const members = await membersOf(aws, account, 'interactive').catch((error: unknown) => {
      if (!(error instanceof AwsFailure)) throw error
      throw errors.organization_unreadable(
        `Account ${id} can't list the accounts of an organization: ${failureText(error)} Name its management account or a ` +
          'delegated administrator, with a role that may organizations:ListAccounts.',
        { cause: error },
      )
    })
    const known = new Set((await aws.accounts.list()).map((one) => one.id))
    await db.transaction(async (tx) => {
      await putWatch(
        tx,
        id,
        members.map((one) => one.id),
      )
      const details = { members: members.length }
      const subject = { type: 'Account', id }
      const action = 'account.discover'
      await appendAudit(tx, [{ actor: actorOf(principal), action, subject, outcome: 'succeeded', requestId, details }])
    })
    return {
      items: members
        .map((member) => ({
          ...member,
          isKnown: known.has(member.id),
          proposal: known.has(member.id) || member.status !== 'active' ? null : proposalOf(member, account, request),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    }
  }

const proposalOf = (member: MemberAccount, account: Account, request: DiscoverRequest): NewAccount => ({
  id: member.id,
  name: member.name,
  cloud: account.cloud,
  regions: request.regions ?? account.regions,
  isProduction: false,
  credentials:
    account.cloud === 'sandbox'
      ? { kind: 'sandbox' }
      : {
          kind: 'role',
          roleArn: `arn:${partitionOf(account)}:iam::${member.id}:role/${request.roleName}`,
          externalId: request.externalId,
        },
})

const partitionOf = ({ regions }: Account): string => {
  const [region = ''] = regions
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
