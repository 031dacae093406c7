import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Crypto } from '../crypto.ts'
import { errors } from '../errors.ts'
import { digestOf, extend, genesis, headMac, printBytes, sealMac } from './chain.ts'
import type { Head } from './chain.ts'
import * as store from './chain-store.ts'

/** 1,000 rows are hashed in some 20 ms: the transaction must not hold back the live feed (250 ms at most). */
const mostRows = 1_000

export const emptyHead = (keyId: string): Omit<Head, 'mac'> => ({
  seq: 0,
  toXid: '0',
  toId: '0',
  totalRows: 0,
  head: genesis,
  keyId,
})

export type SealOutcome =
  | { kind: 'not_leader' }
  /** `isFull`: there may be more rows right now. */
  | { kind: 'sealed'; rows: number; isFull: boolean; head: Head | undefined }

/**
 * Seals one batch: takes the rows that follow the head and that no running transaction can precede any more, and commits
 * the seal together with the new head.
 * @throws `audit_chain_broken` when the head is not ours; sealing on would give a forged history our signature.
 */
export const sealBatch = (deps: { db: Database; crypto: Crypto; clock: Clock }): Promise<SealOutcome> =>
  deps.db.transaction(async (tx) => {
    if (!(await store.tryBecomeLeader(tx))) return { kind: 'not_leader' }
    const known = await store.readHead(tx)
    if (known === undefined && (await store.newestSeal(tx)) > 0) throw broken('the head of the chain was removed')
    if (known !== undefined) assertOurs(deps.crypto, known)
    const before = known ?? emptyHead(deps.crypto.keyId)
    const rows = await store.readSealable(tx, before, mostRows)
    const last = rows.at(-1)
    if (last === undefined) return { kind: 'sealed', rows: 0, isFull: false, head: known }

    const digests = rows.map(digestOf)
    const body = {
      seq: before.seq + 1,
      toXid: last.xid,
      toId: last.id,
      totalRows: before.totalRows + rows.length,
      head: digests.reduce<Buffer>(extend, before.head),
      keyId: deps.crypto.keyId,
      at: deps.clock.now(),
      rowCount: rows.length,
      prints: Buffer.concat(digests.map((digest) => digest.subarray(0, printBytes))),
    }
    await store.insertSeal(tx, { ...body, mac: sealMac(deps.crypto, body) })
    const head = { ...body, mac: headMac(deps.crypto, body) }
    await store.writeHead(tx, head)
    return { kind: 'sealed', rows: rows.length, isFull: rows.length === mostRows, head }
  })

export const isOurs = (crypto: Crypto, head: Head): boolean => {
  const expected = headMac(crypto, head)
  return expected.length === head.mac.length && timingSafeEqual(expected, head.mac)
}

const assertOurs = (crypto: Crypto, head: Head): void => {
  if (head.keyId !== crypto.keyId)
    throw broken(`it was sealed by master key ${head.keyId}, the key here is ${crypto.keyId}`)
  if (!isOurs(crypto, head)) throw broken('the head of the chain was changed')
}

const broken = (why: string): Error =>
  errors.audit_chain_broken(`The audit log is not sealed any more, because ${why}. Run \`orchestrator audit verify\`.`)
