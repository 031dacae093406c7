import { fleetAt, fleetSize } from './fleet.ts'
import { functionAt } from './function.ts'
import { hexOf } from './hex.ts'
import { estateEpochMs } from './instance.ts'
import type { Partition } from './partitions.ts'
import { queueArn } from './queue.ts'
import { fraction, mix } from './random.ts'
import { companyTags, stackTags } from './tags.ts'

/** A bucket as the seed made it, with its size on the day on which the estate was found. */
export type SeedBucket = {
  name: string
  arn: string
  index: number
  partition: Partition
  createdMs: number
  encryption: { algorithm: 'AES256' } | { algorithm: 'aws:kms'; keyArn: string }
  versioning: 'Enabled' | 'Suspended' | null
  publicAccessBlock: { acls: boolean; policies: boolean } | null
  policy: 'none' | 'tls-only' | 'public'
  hasPublicAcl: boolean
  lifecycle: ('expire' | 'archive' | 'abort-uploads')[]
  /** ARNs of what is told of new objects. */
  notificationTargets: string[]
  /** Bytes by storage class, and objects; none in an empty one. */
  bytes: { standard: number; infrequent: number; archive: number }
  objects: number
  tags: Record<string, string>
}

const purposes = ['assets', 'logs', 'backups', 'data', 'uploads', 'exports'] as const
const dayMs = 86_400_000
const tib = 2 ** 40

/** Names are the world's: the account's number tells those of a company apart. */
export const bucketAt = (seed: number, partition: Partition, index: number): SeedBucket => {
  const { account, region } = partition
  const dice = (salt: number): number => fraction(seed, partition.number, index, salt)
  const fleets = Math.max(1, Math.ceil(partition.instances / fleetSize))
  const fleet = fleetAt(seed, partition, index % fleets)
  const { app, env } = fleet
  const round = Math.floor(index / fleets)
  // Below the list's length.
  const purpose = purposes[(mix(seed, partition.number, index % fleets, 401) + round) % purposes.length]!
  const number = Math.floor(round / purposes.length)
  const name = [
    'acme',
    app.name,
    ...(fleet.firstNumber === 1 ? [fleet.role] : [fleet.role, fleet.firstNumber]),
    purpose,
    env,
    ...(number === 0 ? [] : [number + 1]),
    account.slice(-4),
    region,
  ].join('-')
  // Of every fourth bucket in the first places one each is public, huge and forgotten, so that a small estate has them too.
  const isPublic = index === 1 || (purpose === 'assets' && dice(402) < 0.3)
  const isPublicByAcl = isPublic && index !== 1 && dice(403) < 0.3
  const isHuge = index === 2 || dice(404) < 0.04
  const isEmpty = index !== 1 && index !== 2 && dice(405) < 0.06
  const total = isEmpty ? 0 : isHuge ? (20 + dice(406) * 180) * tib : Math.floor(dice(407) ** 5 * 4 * tib) + 1_000_000
  const hasLifecycle = index !== 2 && dice(408) < 0.55
  const archived = hasLifecycle && (purpose === 'backups' || purpose === 'logs') ? 0.6 : 0
  const isTold = purpose === 'uploads' && partition.functions > 0
  return {
    name,
    arn: `arn:aws:s3:::${name}`,
    index,
    partition,
    createdMs: estateEpochMs - Math.floor(dice(409) * 1800 * dayMs),
    encryption:
      dice(410) < 0.35
        ? {
            algorithm: 'aws:kms',
            keyArn: `arn:aws:kms:${region}:${account}:key/${hexOf(8, seed, partition.number, 411)}-0000-4000-8000-${hexOf(12, seed, partition.number, 412)}`,
          }
        : { algorithm: 'AES256' },
    versioning: dice(413) < 0.45 ? 'Enabled' : dice(413) < 0.52 ? 'Suspended' : null,
    publicAccessBlock: isPublic
      ? dice(414) < 0.5
        ? null
        : { acls: !isPublicByAcl, policies: false }
      : dice(415) < 0.9
        ? { acls: true, policies: true }
        : null,
    policy: isPublic && !isPublicByAcl ? 'public' : dice(416) < 0.5 ? 'tls-only' : 'none',
    hasPublicAcl: isPublicByAcl,
    lifecycle: !hasLifecycle
      ? []
      : purpose === 'logs'
        ? ['expire', 'abort-uploads']
        : purpose === 'backups'
          ? ['archive', 'expire']
          : ['abort-uploads'],
    notificationTargets: isTold
      ? [
          dice(417) < 0.6
            ? functionAt(seed, partition, index % partition.functions).arn
            : queueArn(account, region, `${app.name}-events-${env}`),
        ]
      : [],
    bytes: {
      standard: Math.floor(total * (1 - archived)),
      infrequent: Math.floor(total * archived * 0.5),
      archive: Math.floor(total * archived * 0.5),
    },
    objects: isEmpty ? 0 : Math.max(1, Math.floor(total / (20_000 + dice(418) * 2_000_000))),
    tags: {
      ...companyTags({ name, app, env, owner: fleet.owner }, seed, partition.number, index, 419),
      ...(dice(420) < 0.25 ? stackTags(`${app.name}-storage-${env}`, 'Bucket') : {}),
    },
  }
}
