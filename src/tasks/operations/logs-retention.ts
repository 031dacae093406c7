import { z } from 'zod'
import { retentionDays } from '#aws/logs.ts'
import type { Image, Risk, UndoLabel } from '#contracts/task.ts'
import type { LiveTarget, Operation } from '../operation.ts'
import { keepsLess, logClassOf, readGroups, retentionOf } from './logs/group-image.ts'
import { retentionSteps } from './logs/retention-steps.ts'

const params = z.strictObject({
  days: z
    .union([z.literal(retentionDays), z.null()])
    .describe('For how many days events are kept; `null` keeps them for ever.'),
})
type Params = z.infer<typeof params>

const guard = ({ image }: LiveTarget): string | null => {
  if (logClassOf(image) === 'DELIVERY') return 'is of the class DELIVERY, whose retention AWS has fixed'
  const policy = image['retentionPolicy']
  return typeof policy === 'string'
    ? `follows the account's retention policy "${policy}", which its own setting does not change`
    : null
}

/** What is older than the new retention is deleted for good, usually within 72 hours. */
const riskOf = (target: LiveTarget, after: Image): Risk | null => (keepsLess(target.image, after) ? 'R4' : null)

const labelOf = (before: Image, after: Image): UndoLabel => (keepsLess(before, after) ? 'best-effort' : 'exact')

const warn = ({ image, facts }: LiveTarget, _params: Params, after: Image): string[] =>
  keepsLess(image, after)
    ? [
        `loses all events older than ${retentionOf(after)} days, usually within 72 hours, for good` +
          (typeof facts['storedBytes'] === 'number' ? `; ${sizeWords(facts['storedBytes'])} are stored now` : ''),
      ]
    : []

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const sizeWords = (bytes: number): string => {
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return `${Math.round(bytes / 10 ** (3 * step))} ${units[step] ?? 'bytes'}`
}

export const logsRetention: Operation<Params> = {
  name: 'logs.retention',
  version: 1,
  title: 'Set the retention of logs',
  description:
    'Sets for how long log groups keep their events. With a shorter retention AWS deletes what is older, for good: where it ' +
    'is lowered the class is R4.',
  targetType: 'logs.group',
  params,
  risk: 'R1',
  riskOf,
  undo: {
    label: 'best-effort',
    labelOf,
    images: true,
    note:
      'Each group gets its previous retention back: exact where it was raised, but then the undo lowers it again and is R4 ' +
      'itself. Where it was lowered, events that AWS has deleted by then are lost.',
    inverse: (given) => ({ operation: 'logs.retention', params: given }),
  },
  maxTargets: 10_000,
  batchSize: 10,
  iamActions: ['logs:DescribeLogGroups', 'logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy'],
  read: readGroups,
  guard,
  warn,
  desired: (before, { days }) => ({ ...before, retentionDays: days }),
  monthlyCostDeltaUsd: () => 0,
  // Both calls have the same rate, and a target takes one of them.
  calls: [{ service: 'logs', action: 'PutRetentionPolicy', perTarget: true }],
  typicalWaitSeconds: () => 1,
  steps: retentionSteps,
}
