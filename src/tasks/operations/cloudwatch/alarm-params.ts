import { z } from 'zod'
import type { AlarmDefinition } from '#aws/cloudwatch.ts'

/** AWS's rules: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const daySeconds = 86_400
const mostActions = 5
const mostDimensions = 30
export const mostAlarms = 5000

// oxlint-disable-next-line no-control-regex -- AWS refuses control characters in names
const withoutControls = /^[^\u0000-\u001f\u007f]+$/u
const actionSchema = z
  .string()
  .max(1024)
  .regex(/^arn:aws[a-z-]*:[a-z0-9-]+:[^\s]+$/, { error: 'An action is an ARN, for example arn:aws:sns:...' })
const actionsSchema = z.array(actionSchema).max(mostActions).default([]).describe('ARNs, for example of SNS topics.')

const units = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
] as const

/** p90, tm90, IQM, PR(1:2), TM(10%:90%), ... */
const extendedStatistic = /^(?:(?:p|tm|wm|tc|ts)\d{1,3}(?:\.\d{1,10})?|IQM|(?:PR|TC|TM|TS|WM)\([\d.]*%?:[\d.]*%?\))$/

const alarmSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(255)
      .regex(withoutControls, { error: 'No control characters.' })
      .describe('Unique in the Region.'),
    description: z.string().max(1024).optional().describe('What people read who are paged.'),
    namespace: z.string().min(1).max(255).regex(/^[^:]/, { error: 'A namespace does not begin with a colon.' }),
    metricName: z.string().min(1).max(255),
    dimensions: z
      .record(z.string().min(1).max(255), z.string().min(1).max(1024))
      .refine((given) => Object.keys(given).length <= mostDimensions, {
        error: `At most ${mostDimensions} dimensions.`,
      })
      .default({})
      .describe('Which of the metrics of that name.'),
    statistic: z
      .enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'])
      .optional()
      .describe('Either this or `extendedStatistic`.'),
    extendedStatistic: z
      .string()
      .max(100)
      .regex(extendedStatistic, { error: 'For example p99 or TM(10%:90%).' })
      .optional()
      .describe('For example `p99`.'),
    period: z
      .int()
      .positive()
      .refine((seconds) => [10, 20, 30].includes(seconds) || seconds % 60 === 0, {
        error: 'Seconds: 10, 20, 30 or a multiple of 60.',
      })
      .describe('Seconds: 10, 20, 30 or a multiple of 60.'),
    evaluationPeriods: z
      .int()
      .min(1)
      .describe('How many periods are looked at: up to a day, or a week from hourly periods on.'),
    datapointsToAlarm: z.int().min(1).optional().describe('How many of them have to breach; all unless given.'),
    threshold: z.number(),
    comparisonOperator: z.enum([
      'GreaterThanOrEqualToThreshold',
      'GreaterThanThreshold',
      'LessThanThreshold',
      'LessThanOrEqualToThreshold',
    ]),
    treatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
    actionsEnabled: z.boolean().default(true),
    alarmActions: actionsSchema,
    okActions: actionsSchema,
    insufficientDataActions: actionsSchema,
    unit: z.enum(units).optional().describe('Only values of this unit; AWS advises to leave it out.'),
  })
  .superRefine((alarm, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message })
    if ((alarm.statistic === undefined) === (alarm.extendedStatistic === undefined))
      refuse('statistic', 'Give either statistic or extendedStatistic.')
    if (alarm.datapointsToAlarm !== undefined && alarm.datapointsToAlarm > alarm.evaluationPeriods)
      refuse('datapointsToAlarm', 'Not more than evaluationPeriods.')
    const longest = alarm.period < 3600 ? daySeconds : 7 * daySeconds
    if (alarm.period * alarm.evaluationPeriods > longest)
      refuse('evaluationPeriods', `period * evaluationPeriods is ${longest} seconds at most for this period.`)
  })
export type AlarmParams = z.infer<typeof alarmSchema>

export const paramsSchema = z.strictObject({
  alarms: z
    .array(alarmSchema)
    .min(1)
    .max(mostAlarms)
    .superRefine((alarms, context) => {
      const seen = new Set<string>()
      alarms.forEach(({ name }, index) => {
        if (seen.has(name))
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: 'An alarm of this name is in the list already.',
          })
        seen.add(name)
      })
    })
    .describe(
      "The alarms to make or replace. What is left out gets AWS's default, also where the alarm has something else now.",
    ),
})
export type Params = z.infer<typeof paramsSchema>

/** Everything that the call will set. */
export const definitionOf = (alarm: AlarmParams): AlarmDefinition => ({
  description: alarm.description ?? null,
  actionsEnabled: alarm.actionsEnabled,
  alarmActions: alarm.alarmActions.toSorted(),
  okActions: alarm.okActions.toSorted(),
  insufficientDataActions: alarm.insufficientDataActions.toSorted(),
  namespace: alarm.namespace,
  metricName: alarm.metricName,
  dimensions: alarm.dimensions,
  statistic: alarm.statistic ?? null,
  extendedStatistic: alarm.extendedStatistic ?? null,
  period: alarm.period,
  unit: alarm.unit ?? null,
  evaluationPeriods: alarm.evaluationPeriods,
  datapointsToAlarm: alarm.datapointsToAlarm ?? null,
  // Not -0, which JSON does not know.
  threshold: alarm.threshold + 0,
  comparisonOperator: alarm.comparisonOperator,
  treatMissingData: alarm.treatMissingData,
  advanced: {},
})

const byName = new WeakMap<Params, Map<string, AlarmParams>>()

/** The alarm of that name in the parameters, without looking through thousands each time. */
export const alarmNamed = (params: Params, name: string): AlarmParams | undefined => {
  let alarms = byName.get(params)
  if (alarms === undefined) byName.set(params, (alarms = new Map(params.alarms.map((alarm) => [alarm.name, alarm]))))
  return alarms.get(name)
}
