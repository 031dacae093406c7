import type { Account, AccountCredentials } from '../cloud.ts'

/** Seals and opens secrets with the installation's master key; `context` binds a sealed text to its place. */
export type Crypto = {
  seal: (plaintext: string, context: string) => string | Promise<string>
  open: (sealed: string, context: string) => string | Promise<string>
}

export type AccountRow = {
  id: string
  name: string
  cloud: Account['cloud']
  regions: string[]
  credentials: AccountCredentials
  sealed_external_id: string | null
  is_production: boolean
}

export const columns = 'id, name, cloud, regions, credentials, sealed_external_id, is_production'
const contextOf = (id: string): string => `accounts/${id}/external-id`

/** A row as the program sees it, its ExternalId opened. */
export const fromRow = async (row: AccountRow, crypto: Crypto | undefined): Promise<Account> => {
  const { id, name, cloud, regions, credentials } = row
  const isSealed = credentials.kind === 'role' && row.sealed_external_id !== null && crypto !== undefined
  return {
    id,
    name,
    cloud,
    regions,
    isProduction: row.is_production,
    credentials: isSealed
      ? { ...credentials, externalId: await crypto.open(row.sealed_external_id ?? '', contextOf(id)) }
      : credentials,
  }
}

/** The values of the columns, in their order; the ExternalId is kept out of `credentials` and sealed. */
export const toValues = async (account: Account, crypto: Crypto | undefined): Promise<unknown[]> => {
  const { id, name, cloud, regions, credentials, isProduction } = account
  const externalId = credentials.kind === 'role' ? credentials.externalId : null
  const stored = credentials.kind === 'role' ? { ...credentials, externalId: null } : credentials
  if (externalId !== null && crypto === undefined) throw new Error('an ExternalId can only be kept with a master key')
  const sealed = externalId === null || crypto === undefined ? null : await crypto.seal(externalId, contextOf(id))
  return [id, name, cloud, regions, JSON.stringify(stored), sealed, isProduction]
}
