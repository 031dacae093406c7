import { timingSafeEqual } from 'node:crypto'
import type { Verification } from '#contracts/audit.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Crypto } from '../crypto.ts'
import type { AnchorPoint } from './anchor.ts'
import { digestOf, extend, printBytes, sealMac } from './chain.ts'
import type { Head, Seal } from './chain.ts'
import * as store from './chain-store.ts'
import type { ChainRow } from './chain-store.ts'
import { emptyHead, isOurs } from './seal.ts'

type Broken = NonNullable<Verification['firstBroken']>

const sealsAtOnce = 50
/** Rows beyond the expected number that are read to name an inserted one. */
const surplus = 10

/**
 * Recomputes the whole chain and names the first place where the rows are not those that were sealed. Needs the master
 * key: without it nobody can make seals. What was committed in the last second is reported as the unsealed tail.
 */
export const verifyAudit = async (deps: {
  db: Sql
  crypto: Crypto
  anchor?: AnchorPoint | undefined
}): Promise<Verification> => {
  const { db, crypto, anchor } = deps
  const head = await store.readHead(db)
  const end = head ?? { ...emptyHead(crypto.keyId), mac: Buffer.alloc(0) }
  let before: Omit<Head, 'mac'> = emptyHead(crypto.keyId)
  let firstBroken = head === undefined ? await withoutHead(db) : headProblem(crypto, head)
  let anchored: string | undefined

  while (firstBroken === null && before.seq < end.seq) {
    const seals = await store.readSeals(db, before.seq, end.seq, sealsAtOnce)
    if (seals.length === 0) firstBroken = missingSeal(before.seq + 1)
    for (const seal of seals) {
      firstBroken = sealProblem(crypto, before, seal)
      if (firstBroken !== null) break
      const rows = await store.readRange(db, before, seal, seal.rowCount + surplus)
      firstBroken = compare(before, seal, rows)
      if (firstBroken !== null) break
      if (seal.seq === anchor?.seal) anchored = seal.head.toString('hex')
      before = seal
    }
  }
  firstBroken ??= endProblem(before, end) ?? anchorProblem(anchor, end, anchored)

  const unsealed = await store.readUnsealed(db, end)
  return {
    ok: firstBroken === null,
    checked: before.totalRows,
    seals: before.seq,
    unsealed: { count: unsealed.count, oldestAt: unsealed.oldest?.toISOString() ?? null },
    head: { seal: before.seq, rows: before.totalRows, hash: before.head.toString('hex') },
    firstBroken,
  }
}

const problem = (seal: number, kind: Broken['kind'], message: string, row: string | null = null): Broken => ({
  seal,
  row,
  kind,
  message,
})
const missingSeal = (seq: number): Broken => problem(seq, 'seal_missing', `Seal ${seq} was removed.`)

const withoutHead = async (db: Sql): Promise<Broken | null> => {
  const newest = await store.newestSeal(db)
  return newest === 0 ? null : problem(newest, 'truncated', 'The head of the chain was removed.')
}

const unknownKey = (seal: number, keyId: string, crypto: Crypto): Broken =>
  problem(seal, 'unknown_key', `Sealed by master key ${keyId}; the key here is ${crypto.keyId}.`)

const headProblem = (crypto: Crypto, head: Head): Broken | null => {
  if (head.keyId !== crypto.keyId) return unknownKey(head.seq, head.keyId, crypto)
  return isOurs(crypto, head) ? null : problem(head.seq, 'seal_forged', 'The head of the chain was changed.')
}

const sealProblem = (crypto: Crypto, before: Omit<Head, 'mac'>, seal: Seal): Broken | null => {
  if (seal.seq !== before.seq + 1) return missingSeal(before.seq + 1)
  if (seal.keyId !== crypto.keyId) return unknownKey(seal.seq, seal.keyId, crypto)
  const expected = sealMac(crypto, seal)
  if (expected.length === seal.mac.length && timingSafeEqual(expected, seal.mac)) return null
  return problem(seal.seq, 'seal_forged', `Seal ${seal.seq} was changed or was not made with our key.`)
}

/** Rows against the seal over them; when they differ, the first one that was edited, removed or added. */
const compare = (before: Omit<Head, 'mac'>, seal: Seal, rows: readonly ChainRow[]): Broken | null => {
  const digests = rows.map(digestOf)
  const head = digests.reduce<Buffer>(extend, before.head)
  if (rows.length === seal.rowCount && head.equals(seal.head)) return null
  const actual = digests.map((digest) => digest.toString('hex', 0, printBytes))
  const expected = Array.from({ length: seal.rowCount }, (_, n) =>
    seal.prints.toString('hex', n * printBytes, (n + 1) * printBytes),
  )
  const at = expected.findIndex((print, n) => print !== actual[n])
  const index = at === -1 ? seal.rowCount : at
  const place = (n: number): string => `row ${before.totalRows + n + 1}`
  const found = rows[index]
  if (index < seal.rowCount && (found === undefined || expected.includes(actual[index] ?? '', index))) {
    return problem(
      seal.seq,
      'missing',
      `A row was removed: ${place(index)} of the log, sealed ${seal.at.toISOString()}.`,
    )
  }
  if (found === undefined) return problem(seal.seq, 'edited', 'The rows do not give the hash of the seal.')
  const isInserted = index >= seal.rowCount || actual.includes(expected[index] ?? '', index)
  return isInserted
    ? problem(seal.seq, 'inserted', `A row was added after the sealing: ${place(index)} (id ${found.id}).`, found.id)
    : problem(seal.seq, 'edited', `A row was changed after the sealing: ${place(index)} (id ${found.id}).`, found.id)
}

const endProblem = (last: Omit<Head, 'mac'>, head: Omit<Head, 'mac'>): Broken | null =>
  last.seq === head.seq && last.totalRows === head.totalRows && last.head.equals(head.head)
    ? null
    : problem(
        head.seq,
        'truncated',
        `The head says ${head.totalRows} rows in ${head.seq} seals, found were ${last.totalRows} in ${last.seq}.`,
      )

const anchorProblem = (
  anchor: AnchorPoint | undefined,
  head: Omit<Head, 'mac'>,
  anchored: string | undefined,
): Broken | null => {
  if (anchor === undefined || anchored === anchor.hash) return null
  const seen = `${anchor.rows} rows in ${anchor.seal} seals`
  return anchor.seal > head.seq
    ? problem(
        head.seq,
        'truncated',
        `The log was seen with ${seen}, now it ends after ${head.totalRows} rows. Newer rows were cut off.`,
      )
    : problem(
        anchor.seal,
        'truncated',
        `The log was seen with another history up to ${seen}. It was cut off there and written anew.`,
      )
}
