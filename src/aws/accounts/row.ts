import type { Crypto } from '#security/crypto.ts'
import type { Account, AccountCredentials, CostSource } from '../cloud.ts'
import { errors } from '../errors.ts'

/** Seals and opens secrets with the installation's master key; `context` binds a sealed text to its place. */
export type Sealing = Pick<Crypto, 'seal' | 'open'>

export type AccountRow = {
  id: string
  name: string
  cloud: Account['cloud']
  regions: string[]
  credentials: AccountCredentials
  sealed_external_id: string | null
  is_production: boolean
  costs: CostSource
}

export const columns = 'id, name, cloud, regions, credentials, sealed_external_id, is_production, costs'
const contextOf = (id: string): string => `accounts/${id}/external-id`

/** A row as the program sees it, its ExternalId opened. */
export const fromRow = (row: AccountRow, crypto: Sealing | undefined): Account => {
  const { id, name, cloud, regions, credentials } = row
  return {
    id,
    name,
    cloud,
    regions,
    isProduction: row.is_production,
    ...(row.costs === 'prices' ? {} : { costs: row.costs }),
    credentials:
      credentials.kind === 'role' && row.sealed_external_id !== null
        ? { ...credentials, externalId: needed(crypto).open(row.sealed_external_id, contextOf(id)).toString() }
        : credentials,
  }
}

/** The values of the columns, in their order; the ExternalId is kept out of `credentials` and sealed. */
export const toValues = (account: Account, crypto: Sealing | undefined): unknown[] => {
  const { id, name, cloud, regions, credentials, isProduction, costs = 'prices' } = account
  const externalId = credentials.kind === 'role' ? credentials.externalId : null
  const stored = credentials.kind === 'role' ? { ...credentials, externalId: null } : credentials
  const sealed = externalId === null ? null : needed(crypto).seal(externalId, contextOf(id))
  return [id, name, cloud, regions, JSON.stringify(stored), sealed, isProduction, costs]
}

const needed = (crypto: Sealing | undefined): Sealing => {
  if (crypto === undefined)
    throw errors.account_invalid('An ExternalId is kept sealed, and this process has no master key.')
  return crypto
}
