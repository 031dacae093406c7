import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { JsonWebKeyInput, KeyObject } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { Database, Sql } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { Crypto } from '../crypto.ts'

export type SigningKey = { kid: string; privateKey: KeyObject }

export type SigningKeys = {
  /** The key that signs now. */
  current: () => Promise<SigningKey>
  /** The public half of any key whose tokens may still be valid; undefined when the id is unknown. */
  publicKey: (kid: string) => Promise<KeyObject | undefined>
  /** Retires the current key when it is too old. Its tokens stay valid until they are over. */
  rotateIfOld: () => Promise<void>
}

const rotateAfterMs = 90 * 24 * 3_600_000
/** Must be longer than any token that is signed here lives. */
const verifiesAfterRetirementMs = 3_600_000
/** An unknown key id is looked up at most this often, or forged ids would cost a query each. */
const lookAgainMs = 5_000
const advisoryLock = 7_305_521_042

type KeyRow = {
  kid: string
  public_jwk: JsonWebKeyInput['key']
  sealed_private_key: string
  created_at: Date
  retired_at: Date | null
}

/** Ed25519 keys, in the database so that every process can verify what any other signed, sealed by the master key. */
export const createSigningKeys = (deps: { db: Database; crypto: Crypto; clock: Clock }): SigningKeys => {
  const { db, crypto, clock } = deps
  let publicKeys = new Map<string, KeyObject>()
  let signing: SigningKey | undefined
  let loadedAtMs = -Infinity
  let loading: Promise<void> | undefined

  const load = async (): Promise<void> => {
    const newest = await db.transaction(async (tx) => {
      await tx.query({ text: 'select pg_advisory_xact_lock($1)', values: [advisoryLock] })
      return (await readKeys(tx, usableFrom())).find((key) => key.retired_at === null) ?? (await addKey(tx, crypto))
    })
    const rows = await readKeys(db, usableFrom())
    publicKeys = new Map(rows.map((row) => [row.kid, createPublicKey({ key: row.public_jwk, format: 'jwk' })]))
    if (signing?.kid !== newest.kid) {
      const der = crypto.open(newest.sealed_private_key, contextOf(newest.kid))
      signing = { kid: newest.kid, privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) }
    }
    loadedAtMs = clock.monotonicMs()
  }
  const loadOnce = (): Promise<void> => (loading ??= load().finally(() => (loading = undefined)))
  const usableFrom = (): Date => new Date(clock.now().getTime() - verifiesAfterRetirementMs)

  return {
    current: async () => {
      if (signing === undefined || clock.monotonicMs() - loadedAtMs > verifiesAfterRetirementMs / 2) await loadOnce()
      if (signing === undefined) throw new Error('no signing key after loading') // load() sets it or throws
      return signing
    },
    publicKey: async (kid) => {
      if (!publicKeys.has(kid) && clock.monotonicMs() - loadedAtMs > lookAgainMs) await loadOnce()
      return publicKeys.get(kid)
    },
    rotateIfOld: async () => {
      const rotated = await db.transaction(async (tx) => {
        await tx.query({ text: 'select pg_advisory_xact_lock($1)', values: [advisoryLock] })
        const newest = (await readKeys(tx, usableFrom())).find((key) => key.retired_at === null)
        if (newest && clock.now().getTime() - newest.created_at.getTime() < rotateAfterMs) return false
        await retireKeys(tx)
        await addKey(tx, crypto)
        return true
      })
      if (rotated) await loadOnce()
    },
  }
}

const contextOf = (kid: string): string => `signing key ${kid}`

const addKey = async (sql: Sql, crypto: Crypto): Promise<KeyRow> => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const kid = uuidv7()
  const [row] = await sql.query<KeyRow>({
    text: 'insert into signing_keys (kid, public_jwk, sealed_private_key) values ($1, $2, $3) returning *',
    values: [
      kid,
      JSON.stringify(publicKey.export({ format: 'jwk' })),
      crypto.seal(privateKey.export({ format: 'der', type: 'pkcs8' }), contextOf(kid)),
    ],
  })
  return row! // an insert of one row returns it
}

const readKeys = (sql: Sql, usableFrom: Date): Promise<KeyRow[]> =>
  sql.query<KeyRow>({
    text: 'select * from signing_keys where retired_at is null or retired_at > $1 order by created_at desc, kid desc',
    values: [usableFrom],
  })

const retireKeys = (sql: Sql): Promise<unknown> =>
  sql.query({ text: 'update signing_keys set retired_at = now() where retired_at is null' })
