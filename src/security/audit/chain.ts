import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Crypto } from '../crypto.ts'
import type { ChainRow } from './chain-store.ts'

/** Bytes of each row's digest that a seal keeps, to name the row that was changed. The whole digest is in the chain. */
export const printBytes = 8
/** What stands before the first row. */
export const genesis = Buffer.alloc(32)

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** RFC 8785: the same value is the same text, in whatever order the database gives the keys of `details`. */
const canonical = (value: unknown): string => {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('not JSON') // rows come from jsonb and text columns
  return text
}

/** SHA-256 over every column of a row. */
export const digestOf = (row: ChainRow): Buffer => sha256(canonical(row))

/** The chain after one more row. */
export const extend = (head: Uint8Array, digest: Uint8Array): Buffer => sha256(head, digest)

/** Where the chain stands: after so many seals and rows, at this position, with this hash. */
export type Head = {
  seq: number
  toXid: string
  toId: string
  totalRows: number
  head: Buffer
  keyId: string
  mac: Buffer
}
export type Seal = Head & { at: Date; rowCount: number; prints: Buffer }

const headText = ({ seq, toXid, toId, totalRows, head, keyId }: Omit<Head, 'mac'>): string =>
  canonical({ seq, toXid, toId, totalRows, head: head.toString('hex'), keyId })

/** The MAC of the newest head, under another key than that of the seals so that neither can stand in for the other. */
export const headMac = (crypto: Crypto, head: Omit<Head, 'mac'>): Buffer => crypto.mac('audit head', headText(head))

export const sealMac = (crypto: Crypto, seal: Omit<Seal, 'mac'>): Buffer =>
  crypto.mac(
    'audit seal',
    canonical({
      head: headText(seal),
      at: seal.at.toISOString(),
      rowCount: seal.rowCount,
      prints: seal.prints.toString('base64'),
    }),
  )
