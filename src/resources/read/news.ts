import { z } from 'zod'
import type { Notifier } from '#platform/events/notifier.ts'

/** What became of resources of one account, Region and type. */
export type News = {
  account: string
  region: string
  type: string
  /** ARNs; null: so many that whoever keeps copies does better to forget all of that type there. */
  ids: readonly string[] | null
}

/** Tells every process that copies of resources are no longer true. */
export const newsChannel = 'resources_changed'
/** A notification holds less than 8,000 bytes. */
const mostIds = 40
const mostBytes = 7_500

export const tellNews = (notifier: Notifier, { account, region, type, ids }: News): void => {
  const payload = (some: News['ids']): string => JSON.stringify([account, region, type, some])
  const full = payload(ids)
  const isShort = ids !== null && ids.length <= mostIds && Buffer.byteLength(full) <= mostBytes
  notifier.nudge(newsChannel, isShort ? full : payload(null))
}

const payloadSchema = z.tuple([z.string(), z.string(), z.string(), z.array(z.string()).nullable()])

/** Undefined for anything that isn't one of ours. */
export const parseNews = (payload: string): News | undefined => {
  try {
    const parsed = payloadSchema.safeParse(JSON.parse(payload))
    if (!parsed.success) return undefined
    const [account, region, type, ids] = parsed.data
    return { account, region, type, ids }
  } catch {
    return undefined
  }
}
