import { z } from 'zod'

/** A whole number counts targets; a fraction is a share of all of them. */
const isCountOrShare = (value: number): boolean => Number.isInteger(value) || value < 1

const waveSchema = z
  .number()
  .positive()
  .max(10_000)
  .refine(isCountOrShare, 'must be a whole number of targets, or a share between 0 and 1')

/** How a task goes through its targets: all at once, or one part after another, each only when the one before went well. */
export const wavesSchema = z
  .union([z.enum(['none', 'default']), z.array(waveSchema).min(1).max(20)])
  .describe(
    '"none"; "default": 1 target, 5 %, 25 %, the rest; or a list: whole numbers are targets, fractions a share of all ' +
      'of them, the rest is the last wave (a 1 at the end of a longer list says so as well). Left out: the default ' +
      'above 100 targets, none below',
  )
export type Waves = z.infer<typeof wavesSchema>

/** Cloud time to wait between two waves; on sandbox accounts it passes at the sandbox's speed. */
export const soakSecondsSchema = z
  .int()
  .min(0)
  .max(86_400)
  .describe('Between two waves, in seconds of cloud time; 0 when left out')

export const errorBudgetSchema = z
  .number()
  .min(0)
  .max(10_000)
  .refine(isCountOrShare, 'must be a whole number of targets, or a share between 0 and 1')
  .nullable()
  .describe(
    'More failures than this stop the task: a whole number of targets, or a share of those begun so far; null for ' +
      'none. Left out: 0.05 with waves, none without',
  )

/** What happens when the budget is used up: the rest is not begun, or what was done is taken back as well. */
export const onBudgetSchema = z
  .enum(['stop', 'undo'])
  .describe('When the budget is used up: "stop" (default), or "undo": also file the task that takes back what was done')
export type OnBudget = z.infer<typeof onBudgetSchema>

/** Alarms that stop a task, by ARN. */
export const watchAlarmsSchema = z
  .array(z.string().min(1).max(2048))
  .max(20)
  .describe(
    'ARNs of CloudWatch alarms. They are looked at while the task runs and at the end of each soak; one that goes to ' +
      'ALARM pauses the task before anything more is begun',
  )

/** What a request may say about how its targets are gone through. */
export const rolloutRequestShape = {
  waves: wavesSchema.optional(),
  soakSeconds: soakSecondsSchema.optional(),
  errorBudget: errorBudgetSchema.optional(),
  onBudget: onBudgetSchema.optional(),
  watchAlarms: watchAlarmsSchema.optional(),
}
export type RolloutRequest = {
  waves?: Waves | undefined
  soakSeconds?: number | undefined
  errorBudget?: number | null | undefined
  onBudget?: OnBudget | undefined
  watchAlarms?: readonly string[] | undefined
}

/** An alarm of a plan, as it was when that was made. */
const watchedAlarmSchema = z.object({
  id: z.string(),
  name: z.string(),
  ringsSince: z
    .string()
    .nullable()
    .describe('It rang when the plan was made, since then; it counts only when it goes off again'),
})
export type WatchedAlarm = z.infer<typeof watchedAlarmSchema>

const secondsSchema = z.object({ calls: z.number(), waits: z.number(), total: z.number() })

/** What a plan says about it; each left out where it doesn't apply. */
export const planRolloutShape = {
  waves: z
    .array(z.object({ size: z.int(), expectedSeconds: secondsSchema }))
    .optional()
    .describe('The waves in order; `targets` are in the order of the waves. Left out: all at once'),
  soakSeconds: z.int().optional().describe('Cloud time between two waves'),
  errorBudget: z.number().optional().describe('Left out: none'),
  onBudget: onBudgetSchema.optional(),
  watchAlarms: z.array(watchedAlarmSchema).optional().describe('One that goes off pauses the task'),
}

/** One wave of a task: held until the one before is over, soaking once its own targets are. */
export const waveStateSchema = z.object({
  size: z.int(),
  status: z.enum(['held', 'running', 'soaking', 'over']),
  releasedAt: z.iso.datetime().nullable(),
  overAt: z.iso.datetime().nullable(),
})
export type WaveState = z.infer<typeof waveStateSchema>

export const runAfterEndSchema = z.enum(['succeeded', 'finished'])
const predecessorSchema = z.union([
  z.string().max(200),
  z.strictObject({ task: z.string().max(200), on: runAfterEndSchema.default('succeeded') }),
])

/** Tasks that have to be over first. */
export const runAfterSchema = z
  .union([predecessorSchema, z.array(predecessorSchema).min(1).max(20)])
  .describe(
    'A task id, `{task, on: "succeeded" | "finished"}`, or a list: the task begins when they are over. With "succeeded" ' +
      '(default) it is cancelled when one ends otherwise',
  )
export type RunAfter = { task: string; on: z.infer<typeof runAfterEndSchema> }

/** The one or many of a request as a list, each task once. */
export const runAfterOf = (given: z.infer<typeof runAfterSchema>): RunAfter[] => {
  const all = [given].flat().map((one) => (typeof one === 'string' ? { task: one, on: 'succeeded' as const } : one))
  return [...new Map(all.map((one) => [one.task, one])).values()]
}

/** What a task says about it beside its plan; left out where it doesn't apply. */
export const taskRolloutShape = {
  waves: z.array(waveStateSchema).optional(),
  soakUntil: z.iso.datetime().optional().describe('The next wave begins then'),
  budget: z
    .object({
      limit: z.number(),
      onBudget: onBudgetSchema,
      failed: z.int().describe('Targets that failed, or failed and were taken back'),
      most: z.int().describe('More than this stop it, as far as it is released'),
      undoProblem: z.string().nullable().describe('Why the undo that was asked for could not be filed'),
    })
    .optional(),
  watch: z
    .object({
      alarms: z.array(z.string()),
      quietAt: z.iso.datetime().nullable().describe('The last look at which none had gone off'),
      problem: z.string().nullable().describe('Why they could not be read at the last look; it is tried again'),
      pausedBy: z.string().nullable().describe('Why the task was paused; null when it was not, or is resumed'),
    })
    .optional()
    .describe('The alarms that are watched'),
  runAfter: z
    .array(z.object({ task: z.string(), on: runAfterEndSchema, status: z.string().nullable() }))
    .optional()
    .describe('The tasks that have to be over first'),
  followedBy: z
    .array(z.object({ task: z.string(), status: z.string() }))
    .optional()
    .describe('The tasks that run after this one'),
  retryOf: z.string().optional().describe('The task whose failed targets this one tries again'),
  retries: z
    .array(z.object({ task: z.string(), status: z.string() }))
    .optional()
    .describe('The tasks that try again what failed of this one, the newest first'),
}
