import { createHash } from 'node:crypto'
import type { Resource } from '#contracts/resource.ts'
import { clean } from '../types/clean.ts'
import type { Observed } from '../types/resource-type.ts'
import { canonicalJson } from './canonical.ts'

/** A row of `resources` as it is written. */
export type NewRow = {
  account: string
  id: string
  type: string
  service: string
  region: string
  aws_id: string
  name: string | null
  sort_name: string
  name_key: string
  state: string | null
  state_key: string
  tags: Record<string, string>
  cost_monthly_usd: number | null
  cost_source: string | null
  summary: Record<string, unknown>
  config: Record<string, unknown>
  search_text: string
  content_hash: string
  /** ISO 8601; null where AWS doesn't say. */
  created_at: string | null
}

/** Long enough to tell names apart, short enough for an index and for a cursor in a URL. */
const sortNameMaxLength = 200

export const toRow = (dirty: Observed): NewRow => {
  const observed = clean(dirty)
  const { name, state, tags, cost, summary, config } = observed
  return {
    account: observed.account,
    id: observed.id,
    type: observed.type,
    service: observed.service,
    region: observed.region,
    aws_id: observed.awsId,
    name,
    sort_name: (name ?? observed.awsId).slice(0, sortNameMaxLength).toWellFormed(),
    name_key: (name ?? '').toLowerCase(),
    state,
    state_key: (state ?? '').toLowerCase(),
    tags,
    cost_monthly_usd: cost?.monthlyUsd ?? null,
    cost_source: cost?.source ?? null,
    summary,
    config,
    search_text: searchText(observed),
    content_hash: contentHash({ name, state, tags, cost, summary, config }),
    created_at: createdAt(summary),
  }
}

/** When AWS made it: an instance that was started again counts from its start. */
const createdAt = ({ launchedAt, createdAt: made, startedAt }: Observed['summary']): string | null => {
  const at = launchedAt ?? made ?? startedAt
  const date = typeof at === 'string' && /^\d{4}-\d\d-\d\dT/.test(at) ? new Date(at) : null
  return date === null || Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** What free text finds: everything that a person would recognise the resource by. */
const searchText = ({ id, awsId, name, type, state, tags, summary }: Observed): string =>
  [
    name ?? '',
    awsId,
    type,
    state ?? '',
    ...Object.entries(tags).flat(),
    ...Object.values(summary)
      .flat()
      .filter((value) => typeof value === 'string'),
    id,
  ]
    .join('\n')
    .toLowerCase()

/** 128 bits of SHA-256 over RFC 8785 JSON: two descriptions with the same hash have the same content. */
const contentHash = (content: unknown): string =>
  createHash('sha256').update(canonicalJson(content)).digest('base64url').slice(0, 22)

/** A row as it is read; `config` only where it was asked for. */
export type Row = {
  account: string
  id: string
  type: string
  service: string
  region: string
  aws_id: string
  name: string | null
  state: string | null
  tags: Record<string, string>
  cost_monthly_usd: number | null
  cost_source: string | null
  summary: Record<string, unknown>
  config?: Record<string, unknown>
  first_seen_at: Date
  last_seen_at: Date
}

/** The columns of a list's rows. */
export const rowColumns = `r.account, r.id, r.type, r.service, r.region, r.aws_id, r.name, r.state, r.tags,
  r.cost_monthly_usd, r.cost_source, r.summary, r.first_seen_at, r.last_seen_at`

/**
 * The resource of a row. It was last seen when the row says or, when that was later, by the last complete sweep of its
 * partition: sweeps don't write rows that haven't changed.
 */
export const toResource = (row: Row, sweptAt: Date | null): Resource => ({
  id: row.id,
  type: row.type,
  account: row.account,
  region: row.region,
  name: row.name,
  state: row.state,
  tags: row.tags,
  cost: row.cost_monthly_usd === null ? null : { monthlyUsd: row.cost_monthly_usd, source: row.cost_source ?? '' },
  summary: row.summary,
  config: row.config ?? {},
  firstSeenAt: row.first_seen_at.toISOString(),
  lastSeenAt: (sweptAt !== null && sweptAt > row.last_seen_at ? sweptAt : row.last_seen_at).toISOString(),
})
