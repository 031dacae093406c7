import type { Account } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import { errors } from '../errors.ts'
import type { GetResource } from '../read/get.ts'
import type { Readable } from '../read/readable.ts'
import { toResource } from '../store/row.ts'
import { readEver } from '../store/versions.ts'
import type { EverRow } from '../store/versions.ts'

export type FindEver = (principal: Principal, id: string) => Promise<{ row: EverRow; account: Account }>

/** A resource as it is or was in the end, where the principal may read it. Throws `resource_not_found`. */
export const createFindEver =
  ({ db, readable, find }: { db: Database; readable: Readable; find: GetResource['find'] }): FindEver =>
  async (principal, id) => {
    const accounts = await readable.accounts(principal)
    const known = id.includes('\0')
      ? undefined
      : await readEver(
          db,
          accounts.map((account) => account.id),
          id,
        )
    const account = accounts.find((one) => one.id === known?.account)
    if (known !== undefined && account !== undefined) {
      if (await readable.resource(principal, account, toResource(known, null))) return { row: known, account }
    }
    // Of what was never seen there is no history, but it may be there; this asks AWS, or says that there is no such thing.
    const found = await find(principal, id)
    const fresh = await readEver(db, [found.account.id], found.resource.id)
    if (fresh === undefined)
      throw errors.resource_not_found(`There is no resource "${id.slice(0, 300)}" that you may see.`)
    return { row: fresh, account: found.account }
  }
