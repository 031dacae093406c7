import type { OnBudget, RolloutRequest } from '#contracts/bulk.ts'
import { errorBudgetSchema, soakSecondsSchema, watchAlarmsSchema, wavesSchema } from '#contracts/bulk.ts'
import type { Plan } from '#contracts/task.ts'
import { defaultBudget, waveSizes } from '#contracts/wave-sizes.ts'

/** How a plan is to go through its targets, as it stands in the form. "usual" leaves it to the server. */
export type RolloutValues = {
  waves: 'usual' | 'default' | 'none' | 'own'
  ownWaves: string
  soakSeconds: string
  budget: 'usual' | 'none' | 'own'
  ownBudget: string
  onBudget: OnBudget
  /** One a line: an alarm's name may have commas and spaces. */
  watchAlarms: string
}
type RolloutField = 'waves' | 'soakSeconds' | 'errorBudget' | 'watchAlarms'

/** A number of targets, or a share of them: "5 %" and "0.05" are the same. Not a number where it is neither. */
const amount = (text: string): number => {
  const [, digits, percent] = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text) ?? []
  if (digits === undefined) return Number.NaN
  return percent === '%' ? Number((Number(digits) / 100).toFixed(8)) : Number(digits)
}

/** "100 %" at the end is the rest, as 1 is for the server. */
const wavesIn = (text: string): number[] => text.split(',').map(amount)

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** What is to be asked for; what is left to the server isn't mentioned. */
export const rolloutRequest = (values: RolloutValues): RolloutRequest => {
  const soakSeconds = Number(values.soakSeconds)
  const watchAlarms = linesOf(values.watchAlarms)
  return {
    ...(values.waves === 'usual' ? {} : { waves: values.waves === 'own' ? wavesIn(values.ownWaves) : values.waves }),
    ...(values.waves === 'none' || soakSeconds === 0 ? {} : { soakSeconds }),
    ...(values.budget === 'usual' ? {} : { errorBudget: values.budget === 'none' ? null : amount(values.ownBudget) }),
    ...(values.budget === 'none' || values.onBudget === 'stop' ? {} : { onBudget: values.onBudget }),
    ...(watchAlarms.length === 0 ? {} : { watchAlarms }),
  }
}

/** What is wrong, by field; nothing when all is well. The server decides in the end. */
export const rolloutProblems = (values: RolloutValues): Partial<Record<RolloutField, string>> => {
  const { waves, soakSeconds, errorBudget, watchAlarms } = rolloutRequest(values)
  const isPercentOfAll = values.budget === 'own' && /%/.test(values.ownBudget) && Number.isInteger(errorBudget)
  return {
    ...(wavesSchema.optional().safeParse(waves).success
      ? {}
      : { waves: 'Give at most 20 numbers of targets or shares like 5 %, with commas between.' }),
    ...(soakSecondsSchema.optional().safeParse(soakSeconds).success
      ? {}
      : { soakSeconds: 'Give whole seconds, at most 86400 (a day).' }),
    ...(errorBudgetSchema.optional().safeParse(errorBudget).success && !isPercentOfAll
      ? {}
      : { errorBudget: 'Give a whole number of targets, or a share like 5 %.' }),
    ...(watchAlarmsSchema.optional().safeParse(watchAlarms).success
      ? {}
      : { watchAlarms: 'Give the ARNs of at most 20 alarms, one a line.' }),
  }
}

/** The sizes of the waves for so many targets; one when all go at once. Null while they can't be told. */
export const previewOf = (values: RolloutValues, targets: number): number[] | null =>
  rolloutProblems(values).waves === undefined ? waveSizes(rolloutRequest(values).waves, targets) : null

/** The values that ask for what a plan has. */
export const rolloutOfPlan = (
  plan: Pick<Plan, 'targets' | 'waves' | 'soakSeconds' | 'errorBudget' | 'onBudget' | 'watchAlarms'>,
): RolloutValues => {
  const targets = plan.targets.length
  const sizes = plan.waves?.map(({ size }) => size) ?? [targets]
  const isLike = (waves: 'default' | 'none' | undefined): boolean => waveSizes(waves, targets).join() === sizes.join()
  const { errorBudget = null } = plan
  const isUsualBudget = errorBudget === (sizes.length > 1 ? defaultBudget : null)
  return {
    waves: isLike(undefined) ? 'usual' : isLike('none') ? 'none' : isLike('default') ? 'default' : 'own',
    ownWaves: sizes.join(', '),
    soakSeconds: String(plan.soakSeconds ?? 0),
    budget: isUsualBudget ? 'usual' : errorBudget === null ? 'none' : 'own',
    ownBudget: errorBudget === null ? '' : amountWords(errorBudget),
    onBudget: plan.onBudget ?? 'stop',
    watchAlarms: (plan.watchAlarms ?? []).map(({ id }) => id).join('\n'),
  }
}

const amountWords = (amount: number): string =>
  Number.isInteger(amount) ? String(amount) : `${Number((amount * 100).toFixed(6))} %`
