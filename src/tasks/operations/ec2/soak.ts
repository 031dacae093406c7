import type { FiringAlarm } from '#aws/cloudwatch.ts'
import type { Ec2Instance } from '#aws/ec2.ts'
import type { Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { reading } from '../failures.ts'
import { gone } from '../steps.ts'
import { describe, instanceIdOf } from './instances.ts'

/** Seconds of cloud time between two looks at the alarms. */
const lookEverySeconds = 60

/** The names of the alarms that ring now, for each of the targets. */
export const ringingOf = async (scope: Scope, targets: readonly StepTarget[]): Promise<string[][]> => {
  const alarms = await (await scope.aws.cloudwatch(scope.account, scope.region)).firingAlarms(scope.call)
  return targets.map((target) => alarmsOf(alarms, target).map(({ name }) => name))
}

/**
 * Watches the alarms of instances for a while after a change. One that rings and did not before the change fails the wait
 * at once if it went off after the instance was launched again. One that went off while the instance was down (its data
 * was missing) may fall silent until the end of the wait; then it fails it as well.
 *
 * @param before the step whose result says, as `ringing`, which alarms rang before the change.
 */
export const awaitQuiet = (
  scope: Scope,
  targets: readonly StepTarget[],
  { soakSeconds, before }: { soakSeconds: number; before: string },
): Promise<Outcomes> =>
  reading(targets, async () => {
    const [alarms, live] = await Promise.all([
      scope.aws.cloudwatch(scope.account, scope.region).then((cloudwatch) => cloudwatch.firingAlarms(scope.call)),
      describe(
        scope,
        targets.map(({ id }) => id),
      ),
    ])
    return targets.map((target): Outcome => {
      const instance = live.get(target.id)
      if (instance === undefined) return gone
      const rangBefore = new Set(ringingIn(target.results[before]))
      const fresh = alarmsOf(alarms, target).filter(({ name }) => !rangBefore.has(name))
      const leftSeconds = soakSeconds - (target.waitedSeconds ?? 0)
      const guilty = fresh.filter((alarm) => leftSeconds <= 0 || wentOffAfterLaunch(alarm, instance))
      if (guilty.length > 0) return rang(guilty)
      if (leftSeconds <= 0) return { kind: 'done', result: { quietSeconds: soakSeconds } }
      return {
        kind: 'pending',
        why: fresh.length === 0 ? 'its alarms are watched' : `${named(fresh)} went off while it was down`,
        againInSeconds: Math.min(lookEverySeconds, Math.max(1, leftSeconds)),
      }
    })
  })

const alarmsOf = (alarms: readonly FiringAlarm[], target: StepTarget): FiringAlarm[] =>
  alarms.filter(({ instanceIds }) => instanceIds.includes(instanceIdOf(target)))

const ringingIn = (result: unknown): string[] =>
  typeof result === 'object' && result !== null && 'ringing' in result && Array.isArray(result.ringing)
    ? result.ringing.filter((name) => typeof name === 'string')
    : []

/** Both times are AWS's own. */
const wentOffAfterLaunch = ({ since }: FiringAlarm, { launchedAt }: Ec2Instance): boolean =>
  since === null || launchedAt === null || Date.parse(since) > Date.parse(launchedAt)

const named = (alarms: readonly FiringAlarm[]): string => alarms.map(({ name }) => `"${name}"`).join(', ')

const rang = (alarms: readonly FiringAlarm[]): Outcome => ({
  kind: 'failed',
  code: 'alarm_rang',
  message: `${alarms.length === 1 ? 'The alarm' : 'The alarms'} ${named(alarms)} went off after the change.`,
  retry: 'never',
})
