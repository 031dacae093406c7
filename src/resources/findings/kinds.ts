import type { Finding, FindingKind } from '#contracts/findings.ts'

/** A time out of AWS's text; null where it is none. */
const timeIn = (text: string): string =>
  `case when pg_input_is_valid(${text}, 'timestamptz') then (${text})::timestamptz end`
/** Whether a type was read completely where `r` is: what was never looked for is not missing. */
const isRead = (...types: string[]): string =>
  types
    .map(
      (
        type,
      ) => `exists (select from sync_types t where t.account = r.account and t.region = r.region and t.type = '${type}'
        and t.swept_at is not null)`,
    )
    .join(' and ')
const isReferredTo = (ref: string, ...fromTypes: string[]): string =>
  `exists (select from resource_edges e where e.to_ref = ${ref} and e.to_type = r.type
    and e.from_type in (${fromTypes.map((type) => `'${type}'`).join(', ')}))`
const list = (value: string): string => `case when jsonb_typeof(${value}) = 'array' then ${value} else '[]' end`
const days = (count: number): string => `now() - interval '${count} days'`

const longStoppedDays = 30
const oldVersionDays = 90
const emptyForDays = 30
const suggestedRetentionDays = 90

/**
 * One kind of finding: SQL over the resources `r`, and words. What nothing refers to counts as unused only where everything
 * that could refer to it was read.
 */
export type KindOfFinding = {
  type: string
  when: string
  /** What it costs a month; its own cost unless given. */
  usd?: string
  /** Since when at least. */
  since?: string
  evidence: (found: { summary: Record<string, unknown> }) => string
  suggestion?: NonNullable<Finding['suggestion']>
}

/**
 * "User initiated (2026-10-01 12:00:00 GMT)" is when it was stopped; AWS leaves that out at times. Then it is known from the
 * history, or at least since it is known at all.
 */
const stoppedSince = `coalesce(
  ${timeIn(`substring(r.config->>'StateTransitionReason' from '\\((\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d GMT)\\)')`)},
  (select max(v.at) from resource_versions v where v.account = r.account and v.id = r.id), r.first_seen_at)`

export const kindsOfFindings: Record<FindingKind, KindOfFinding> = {
  'stopped-instance': {
    type: 'ec2.instance',
    when: `r.state = 'stopped' and ${stoppedSince} < ${days(longStoppedDays)}`,
    usd: `(select sum(v.cost_monthly_usd) from resource_edges e
      join resources v on v.account = e.account and v.aws_id = e.to_ref and v.type = 'ec2.volume' and v.deleted_at is null
      where e.account = r.account and e.from_id = r.id and e.kind = 'volume')`,
    since: stoppedSince,
    evidence: () => `It has been stopped for more than ${longStoppedDays} days. Its volumes are paid for all the same.`,
    suggestion: { operation: 'ec2.terminate', params: {} },
  },
  'unattached-volume': {
    type: 'ec2.volume',
    when: `r.state = 'available'`,
    evidence: ({ summary }) => `It is attached to no instance. ${String(summary['sizeGib'] ?? '?')} GiB are paid for.`,
  },
  'load-balancer-without-targets': {
    type: 'elb.load-balancer',
    when: `${isRead('elb.target-group')} and not exists (
      select from jsonb_array_elements_text(${list(`r.summary->'targetGroupArns'`)}) as a(arn)
      join resources g on g.account = r.account and g.id = a.arn and g.deleted_at is null
      where jsonb_array_length(${list(`g.summary->'targets'`)}) > 0)`,
    evidence: () => 'None of its target groups has a target, so it can serve nobody.',
  },
  'orphaned-snapshot': {
    type: 'ec2.snapshot',
    when: `${isRead('ec2.volume', 'ec2.image')} and r.summary->>'volumeId' is not null
      and not exists (select from resources v where v.aws_id = r.summary->>'volumeId' and v.type = 'ec2.volume' and v.deleted_at is null)
      and not ${isReferredTo('r.aws_id', 'ec2.image')}`,
    since: timeIn(`r.summary->>'startedAt'`),
    evidence: ({ summary }) =>
      `Its volume ${String(summary['volumeId'])} is gone, and no image of this account is made of it. It may be the last copy: look before it goes.`,
  },
  'unassociated-address': {
    type: 'ec2.address',
    when: `r.summary->>'instanceId' is null and r.summary->>'associationId' is null`,
    evidence: ({ summary }) =>
      `${String(summary['publicIp'] ?? 'It')} is associated with nothing and paid for by the hour.`,
  },
  'log-group-without-retention': {
    type: 'logs.group',
    when: `r.summary->>'retentionDays' is null and r.summary->>'retentionPolicy' is null and r.summary->>'logClass' <> 'DELIVERY'
      and r.summary->>'storedBytes' is distinct from '0'`,
    evidence: () => 'Its events never expire, so it grows for ever.',
    suggestion: { operation: 'logs.retention', params: { days: suggestedRetentionDays } },
  },
  'empty-log-group': {
    type: 'logs.group',
    when: `r.summary->>'storedBytes' = '0' and ${timeIn(`r.summary->>'createdAt'`)} < ${days(emptyForDays)}`,
    evidence: () => `It was made more than ${emptyForDays} days ago and holds nothing.`,
  },
  'unused-security-group': {
    type: 'ec2.security-group',
    when: `r.name is distinct from 'default' and ${isRead('ec2.instance', 'elb.load-balancer', 'lambda.function')}
      and not ${isReferredTo('r.aws_id', 'ec2.instance', 'elb.load-balancer', 'lambda.function', 'ec2.security-group')}`,
    evidence: () =>
      'No instance, load balancer, function or other group refers to it. Network interfaces of other services are not looked at.',
  },
  'unused-key-pair': {
    type: 'ec2.key-pair',
    when: `${isRead('ec2.instance')} and not exists (select from resource_edges e where e.to_ref = r.aws_id and e.to_type = r.type
      and e.account = r.account and e.region = r.region and e.from_type = 'ec2.instance')`,
    evidence: () => 'No instance was launched with it. Launch templates are not looked at.',
  },
  'old-function-version': {
    type: 'lambda.version',
    when: `${isRead('lambda.alias')} and not ${isReferredTo('r.id', 'lambda.alias')}
      and ${timeIn(`r.summary->>'lastModifiedAt'`)} < ${days(oldVersionDays)}
      and exists (select from resources o where o.account = r.account and o.region = r.region and o.type = r.type
        and o.deleted_at is null and o.summary->>'functionArn' = r.summary->>'functionArn'
        and length(o.summary->>'version') >= length(r.summary->>'version')
        and (length(o.summary->>'version'), o.summary->>'version') > (length(r.summary->>'version'), r.summary->>'version'))`,
    since: timeIn(`r.summary->>'lastModifiedAt'`),
    evidence: ({ summary }) =>
      `Version ${String(summary['version'])} is not the newest, no alias points to it, and it is older than ${oldVersionDays} days.`,
  },
}
