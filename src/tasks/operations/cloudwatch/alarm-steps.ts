import type { Image } from '#contracts/task.ts'
import type { Outcome, Outcomes, Scope, Step, StepTarget } from '../../operation.ts'
import { bisect } from '../bisect.ts'
import { eachAlone } from '../each-alone.ts'
import { reading } from '../failures.ts'
import { differences, driftOf, hasArrived } from '../images.ts'
import { checkStep, verifyStep } from '../steps.ts'
import { alarmNameOf, definitionIn, isAbsent, readAlarms } from './alarm-image.ts'

type Side = (target: StepTarget) => Image
const before: Side = (target) => target.before
const after: Side = (target) => target.after

/** Makes every alarm what its image says: puts it, or deletes it where the image is an absent one. */
const bringTo = async (scope: Scope, targets: readonly StepTarget[], to: Side): Promise<Outcomes> => {
  const cloudwatch = await scope.aws.cloudwatch(scope.account, scope.region)
  const outcomes = new Map<StepTarget, Outcome>()
  const note = (part: readonly StepTarget[], results: Outcomes): void =>
    part.forEach((target, index) => outcomes.set(target, results[index] ?? { kind: 'done' }))

  const toDelete = targets.filter((target) => isAbsent(to(target)))
  const deleted = await bisect(toDelete, alarmNameOf, async (part) => {
    await cloudwatch.deleteAlarms(scope.call, part.map(alarmNameOf))
    return part.map(() => ({ kind: 'done' }))
  })
  note(
    toDelete,
    deleted.map((outcome) => (outcome.kind === 'failed' && isNotFound(outcome.code) ? { kind: 'done' } : outcome)),
  )

  const toPut = targets.filter((target) => !isAbsent(to(target)))
  const put = (target: StepTarget): Promise<void> =>
    cloudwatch.putMetricAlarm(scope.call, alarmNameOf(target), definitionIn(to(target)))
  note(toPut, await eachAlone(toPut, put))
  // Every target was in one of the two lists.
  return targets.map((target) => outcomes.get(target)!)
}

/** Somebody else deleted it: it is gone, as it was to be. */
const isNotFound = (code: string): boolean => code.startsWith('ResourceNotFound')

/** After an unknown outcome: who is there already, who is as before (null: act), and whom somebody else has changed since. */
const reread = async (scope: Scope, targets: readonly StepTarget[]): Promise<(Outcome | null)[]> => {
  const live = await readAlarms(
    scope,
    targets.map(({ id }) => id),
  )
  return targets.map((target) => {
    // readAlarms answers for every ARN.
    const now = live.get(target.id)!.image
    if (hasArrived(target.before, target.after, now)) return { kind: 'done' }
    const why = driftOf(target.before, now)
    return why === null ? null : { kind: 'drifted', why }
  })
}

/** Puts back what was there, but only where the alarm is still as this task left it. */
const takeBack = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
  reading(targets, async () => {
    const live = await readAlarms(
      scope,
      targets.map(({ id }) => id),
    )
    // readAlarms answers for every ARN.
    const nowOf = (target: StepTarget): Image => live.get(target.id)!.image
    const isOurs = (target: StepTarget): boolean => differences(nowOf(target), target.after).length === 0
    const ours = targets.filter(isOurs)
    const results = await bringTo(scope, ours, before)
    const outcomeOf = new Map(ours.map((target, index) => [target, results[index]]))
    return targets.map((target): Outcome => {
      const outcome = outcomeOf.get(target)
      if (outcome !== undefined) return outcome
      const isAsBefore = differences(nowOf(target), target.before).length === 0
      return isAsBefore
        ? { kind: 'done', result: { untouched: true } }
        : { kind: 'drifted', why: 'Somebody else has changed the alarm since.' }
    })
  })

/** The steps work from the images of each target, so that the undo is the same with the images swapped. */
export const alarmSteps: Step[] = [
  checkStep(readAlarms),
  {
    name: 'put',
    description:
      'Makes or replaces each alarm with a call of its own; an undo deletes those that were made, up to 100 with one call.',
    kind: 'act',
    effect: 'readable',
    run: (scope, targets) => bringTo(scope, targets, after),
    reread,
    compensate: takeBack,
  },
  verifyStep(readAlarms),
]
