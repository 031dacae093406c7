import { monthlyUsdOfAlarm } from '#aws/prices.ts'
import type { Image, Risk } from '#contracts/task.ts'
import type { LiveTarget, Operation } from '../operation.ts'
import { absent, alarmNameOf, definitionIn, imageOf, isAbsent, readAlarms } from './cloudwatch/alarm-image.ts'
import { alarmNamed, definitionOf, mostAlarms, paramsSchema } from './cloudwatch/alarm-params.ts'
import type { Params } from './cloudwatch/alarm-params.ts'
import { alarmSteps } from './cloudwatch/alarm-steps.ts'

/** Longer lists are kept as their number: they would travel with each of their items, whose images hold all of it. */
const mostKept = 20

const isComposite = (image: Image): boolean => image['isComposite'] === true

const actionsOf = (image: Image): string[] => {
  if (isAbsent(image) || isComposite(image)) return []
  const { alarmActions, okActions, insufficientDataActions } = definitionIn(image)
  return [...alarmActions, ...okActions, ...insufficientDataActions]
}

/**
 * Actions that stop, reboot, recover or terminate an instance: whoever sets one does that to the instance sooner or later,
 * past the plan and the approval that a task of its own would need.
 */
const actsOnInstance = (arn: string): boolean => /^arn:aws[a-z-]*:(?:automate:[^:]*:ec2:|swf:)/.test(arn)

/** With actions it pages people, or ceases to. */
const riskOf = ({ image }: LiveTarget, after: Image): Risk | null => {
  const actions = actionsOf(after)
  if (actions.some(actsOnInstance)) return 'R3'
  return actions.length > 0 || actionsOf(image).length > 0 ? 'R2' : null
}

const guard = ({ image }: LiveTarget): string | null =>
  isComposite(image) ? 'is a composite alarm: a metric alarm cannot take its name' : null

const warn = ({ image }: LiveTarget, _params: Params, after: Image): string[] => {
  if (isAbsent(after)) return ['was made by the task and is deleted, with its history']
  const isSilent = after['actionsEnabled'] === false && actionsOf(after).length > 0
  return [
    ...(isAbsent(image) ? [] : ['exists: its whole definition is replaced; its tags, state and history stay']),
    ...(isSilent ? ['has actions, but they are not enabled'] : []),
  ]
}

const costOf = (image: Image): number => {
  if (isAbsent(image) || isComposite(image)) return 0
  const { period, advanced } = definitionIn(image)
  const metrics = Array.isArray(advanced['Metrics']) ? advanced['Metrics'] : [{ MetricStat: {} }]
  const count = metrics.filter((one: object) => 'MetricStat' in one).length
  return monthlyUsdOfAlarm({ periodSeconds: period ?? 60, metrics: count })
}

export const cloudwatchAlarmPut: Operation<Params> = {
  name: 'cloudwatch.alarm.put',
  version: 1,
  title: 'Make or replace alarms',
  description:
    'Makes metric alarms, or replaces the whole definition of those that exist under the same name. New alarms begin with ' +
    'insufficient data. Tags of existing alarms stay as they are: AWS does not change them here. With actions, before or ' +
    'after, the class is R2; with actions that stop, reboot, recover or terminate an instance it is R3.',
  targetType: 'cloudwatch.alarm',
  params: paramsSchema,
  creates: ({ account, region, partition }, { alarms }) =>
    alarms.map(({ name }) => `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`),
  keptParams: ({ alarms }) => (alarms.length <= mostKept ? { alarms } : { alarmCount: alarms.length }),
  risk: 'R1',
  riskOf,
  undo: {
    label: 'exact',
    images: true,
    note: 'A replaced alarm gets its previous definition back, an alarm that was made is deleted. Its history since is not part of that.',
    inverse: (given) => ({ operation: 'cloudwatch.alarm.put', params: given }),
  },
  maxTargets: mostAlarms,
  batchSize: 5,
  iamActions: ['cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
  read: readAlarms,
  idsPerRead: mostAlarms,
  guard,
  warn,
  desired: (_before, params, target) => {
    const alarm = alarmNamed(params, alarmNameOf(target))
    // Targets are made of the parameters; an undo takes its images from the record.
    return alarm === undefined ? absent : imageOf(definitionOf(alarm))
  },
  monthlyCostDeltaUsd: (_target, before, after) => costOf(after) - costOf(before),
  calls: [{ service: 'cloudwatch', action: 'PutMetricAlarm', perTarget: true }],
  typicalWaitSeconds: () => 1,
  steps: alarmSteps,
}
