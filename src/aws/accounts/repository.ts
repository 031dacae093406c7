import type { Clock } from '#platform/clock.ts'
import type { Sql, Transaction } from '#platform/db/database.ts'
import type { Account, AccountChanges, Aws } from '../cloud.ts'
import { errors } from '../errors.ts'
import { fromRow, toValues } from './row.ts'
import type { Sealing } from './row.ts'
import { deleteAccount, insertAccount, selectAccount, selectAccounts, updateAccount } from './statements.ts'
import { validateAccount } from './validate.ts'

export type AccountRepository = Omit<Aws['accounts'], 'ensureFirst'>

/** Accounts are read with every batch of work and change rarely: a second old is fresh enough, here and in other processes. */
const cacheMs = 1000

/** The accounts table. Rows are validated on the way in, and their ExternalIds sealed. */
export const createAccountRepository = (deps: {
  sql: Sql
  clock: Clock
  crypto: Sealing | undefined
}): AccountRepository => {
  const { sql, clock, crypto } = deps
  let cache: { accounts: Promise<Account[]>; untilMs: number } | undefined
  const forget = (): void => void (cache = undefined)
  /** At once, and again after the commit: in between somebody may have read the old rows. */
  const forgetAfter = (tx: Sql | Transaction): void => {
    forget()
    if ('afterCommit' in tx) tx.afterCommit(forget)
  }

  const read = async (): Promise<Account[]> => (await selectAccounts(sql)).map((row) => fromRow(row, crypto))
  const list = (): Promise<Account[]> => {
    if (cache === undefined || clock.monotonicMs() >= cache.untilMs) {
      const accounts = read()
      accounts.catch(forget)
      cache = { accounts, untilMs: clock.monotonicMs() + cacheMs }
    }
    return cache.accounts
  }
  const notFound = (id: string) =>
    errors.account_not_found(`There is no account "${id}" here. \`GET /accounts\` lists those that are known.`)

  const getFrom = async (from: Sql, id: string): Promise<Account> => {
    const row = await selectAccount(from, id)
    if (row === undefined) throw notFound(id)
    return fromRow(row, crypto)
  }

  return {
    list: async () => [...(await list())],
    get: async (id) => {
      const known = (await list()).find((account) => account.id === id)
      // It may have been added within the last second.
      return known ?? getFrom(sql, id)
    },
    create: async (account, tx = sql) => {
      validateAccount(account)
      const row = await insertAccount(tx, toValues(account, crypto))
      forgetAfter(tx)
      if (row === undefined)
        throw errors.account_exists(`The account ${account.id} is known already. Change it instead.`)
      return fromRow(row, crypto)
    },
    update: async (id, changes: AccountChanges, tx = sql) => {
      const changed = { ...(await getFrom(tx, id)), ...changes }
      validateAccount(changed)
      const row = await updateAccount(tx, toValues(changed, crypto))
      forgetAfter(tx)
      if (row === undefined) throw notFound(id)
      return fromRow(row, crypto)
    },
    remove: async (id, tx = sql) => {
      const was = await deleteAccount(tx, id)
      forgetAfter(tx)
      if (!was) throw notFound(id)
    },
  }
}
