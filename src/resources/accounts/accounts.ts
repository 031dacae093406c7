import type { Account, Aws } from '#aws/cloud.ts'
import { AwsFailure } from '#aws/failure.ts'
import { errors as awsErrors } from '#aws/errors.ts'
import type { AccountChanges, AccountTest, AccountView, NewAccount } from '#contracts/account.ts'
import type { List, PageQuery } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { decodeCursor, encodeCursor } from '#platform/http/paging.ts'
import type { Access, AccessResource } from '#security/access.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { readCostReadings } from '../store/costs.ts'
import { readPartitions } from '../store/type-states.ts'
import { failureText } from '../sync/failure-text.ts'
import { createDiscover } from './discover.ts'
import type { Discover } from './discover.ts'
import { toView } from './view.ts'

/** Who asks, and in which request. */
export type Asker = { principal: Principal; requestId: string }

export type Accounts = {
  list: (asker: Asker, page: PageQuery) => Promise<List<AccountView>>
  get: (asker: Asker, id: string) => Promise<AccountView>
  create: (asker: Asker, account: NewAccount) => Promise<AccountView>
  update: (asker: Asker, id: string, changes: AccountChanges) => Promise<AccountView>
  remove: (asker: Asker, id: string) => Promise<void>
  test: (asker: Asker, id: string) => Promise<AccountTest>
  /** Proposes the accounts of an organization. Throws `organization_unreadable`. */
  discover: Discover
}

const testTimeoutMs = 15_000

/** The accounts that the installation works on, with the state of their sync. Every change is audited with itself. */
export const createAccounts = (deps: {
  db: Database
  aws: Aws
  access: Access
  clock: Clock
  /** Accounts or their Regions changed: the sync looks at once. */
  onChange: () => Promise<void>
}): Accounts => {
  const { db, aws, access, clock, onChange } = deps

  const view = async (account: Account): Promise<AccountView> =>
    toView(account, await readPartitions(db, [account.id]), await readCostReadings(db, [account.id]))
  const mayRead = async (principal: Principal, account: Account): Promise<boolean> =>
    (await access.decide(principal, 'account.read', asResource(account))).allowed

  /** An account that the asker may see; otherwise it doesn't exist for them. */
  const visible = async (principal: Principal, id: string): Promise<Account> => {
    const account = (await aws.accounts.list()).find((one) => one.id === id)
    if (account === undefined || !(await mayRead(principal, account))) {
      throw awsErrors.account_not_found(`There is no account "${id.slice(0, 100)}" that you may see.`)
    }
    return account
  }

  const change = async (
    { principal, requestId }: Asker,
    action: string,
    id: string,
    details: Record<string, unknown>,
    work: Parameters<Database['transaction']>[0],
  ): Promise<void> => {
    await db.transaction(async (tx) => {
      await work(tx)
      const subject = { type: 'Account', id }
      await appendAudit(tx, [{ actor: actorOf(principal), action, subject, outcome: 'succeeded', requestId, details }])
    })
    await onChange()
  }

  return {
    discover: createDiscover({ db, aws, access, visible }),

    list: async ({ principal }, { limit, cursor }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, 2)
      const all = await aws.accounts.list()
      const allowed = await Promise.all(all.map((account) => mayRead(principal, account)))
      const accounts = all.filter((_, index) => allowed[index]).sort(byName)
      const rest =
        after === undefined
          ? accounts
          : accounts.filter((one) => byName({ name: after[0] ?? '', id: after[1] ?? '' }, one) < 0)
      const page = rest.slice(0, limit)
      const ids = page.map(({ id }) => id)
      const [partitions, readings] = await Promise.all([readPartitions(db, ids), readCostReadings(db, ids)])
      const last = page.at(-1)
      return {
        items: page.map((account) => toView(account, partitions, readings)),
        nextCursor: last && rest.length > limit ? encodeCursor([last.name, last.id]) : null,
        total: { value: accounts.length, relation: 'eq' },
      }
    },

    get: async ({ principal }, id) => view(await visible(principal, id)),

    create: async (asker, account) => {
      await access.require(asker.principal, 'account.manage', asResource(account), asker)
      await change(asker, 'account.create', account.id, auditDetails(account), (tx) => aws.accounts.create(account, tx))
      return view(await aws.accounts.get(account.id))
    },

    update: async (asker, id, given) => {
      const account = await visible(asker.principal, id)
      await access.require(asker.principal, 'account.manage', asResource(account), asker)
      // An absent field stays as it is; the repository's type has no undefined.
      const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      await change(asker, 'account.update', id, auditDetails(given), (tx) => aws.accounts.update(id, changes, tx))
      return view(await aws.accounts.get(id))
    },

    remove: async (asker, id) => {
      const account = await visible(asker.principal, id)
      await access.require(asker.principal, 'account.manage', asResource(account), asker)
      await change(asker, 'account.remove', id, { name: account.name }, (tx) => aws.accounts.remove(id, tx))
    },

    test: async (asker, id) => {
      const account = await visible(asker.principal, id)
      await access.require(asker.principal, 'account.manage', asResource(account), asker)
      const timeout = new AbortController()
      const timer = clock.sleep(testTimeoutMs, timeout.signal).then(() => timeout.abort())
      try {
        const identity = await aws.identity(account, { priority: 'interactive', signal: timeout.signal })
        if (identity.account === id) return { ok: true, identity, problem: null }
        return { ok: false, identity, problem: `These are credentials of account ${identity.account}, not of ${id}.` }
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
        return { ok: false, identity: null, problem: failureText(error) }
      } finally {
        timeout.abort()
        await timer
      }
    },
  }
}

const asResource = ({ id, cloud, isProduction }: Pick<Account, 'id' | 'cloud' | 'isProduction'>): AccessResource => ({
  type: 'Account',
  id,
  account: id,
  cloud,
  isProduction,
})

const byName = (a: Pick<Account, 'name' | 'id'>, b: Pick<Account, 'name' | 'id'>): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0

/** What an entry of the audit says of a change; never the external id itself. */
const auditDetails = ({ credentials, ...rest }: NewAccount | AccountChanges): Record<string, unknown> => ({
  ...rest,
  ...(credentials === undefined ? {} : { credentials: { kind: credentials.kind, ...roleOf(credentials) } }),
})

const roleOf = (credentials: NewAccount['credentials']): Record<string, unknown> =>
  credentials.kind === 'role' ? { roleArn: credentials.roleArn } : {}
