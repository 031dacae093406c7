import type { Call } from './call.ts'

/** How one kind of resource of an account and Region is read. Everything is paged inside and takes its quota. */
export type Reader<One> = {
  /** All of them, page by page as AWS hands them out. */
  list: (call: Call) => AsyncIterable<One[]>
  /** Those with these ids; what AWS doesn't know is left out. */
  describe: (call: Call, ids: readonly string[]) => Promise<One[]>
}

/** What everything that is read so says of itself; `raw` is AWS's description, JSON. */
export type Read = {
  id: string
  arn: string
  account: string
  region: string
  tags: Record<string, string>
  raw: Record<string, unknown>
}
