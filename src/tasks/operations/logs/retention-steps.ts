import type { Image } from '#contracts/task.ts'
import type { Outcome, Outcomes, Scope, Step, StepTarget } from '../../operation.ts'
import { eachAlone } from '../each-alone.ts'
import { reading } from '../failures.ts'
import { driftOf, hasArrived } from '../images.ts'
import { checkStep, gone, verifyStep } from '../steps.ts'
import { groupNameOf, readGroups, retentionOf } from './group-image.ts'

/** Gives every group the retention of its image. */
const setRetention = async (
  scope: Scope,
  targets: readonly StepTarget[],
  imageOf: (target: StepTarget) => Image,
): Promise<Outcomes> => {
  const logs = await scope.aws.logs(scope.account, scope.region)
  return eachAlone(targets, (target) => {
    const days = retentionOf(imageOf(target))
    const name = groupNameOf(target)
    return days === null ? logs.deleteRetention(scope.call, name) : logs.putRetention(scope.call, name, days)
  })
}

const liveImages = async (scope: Scope, targets: readonly StepTarget[]): Promise<(Image | undefined)[]> => {
  const live = await readGroups(
    scope,
    targets.map(({ id }) => id),
  )
  return targets.map(({ id }) => live.get(id)?.image)
}

/** Puts the previous retention back, but only where the group is still as this task left it. */
const takeBack = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
  reading(targets, async () => {
    const images = await liveImages(scope, targets)
    const isOurs = (target: StepTarget, image: Image | undefined): boolean =>
      image !== undefined && driftOf(target.after, image) === null
    const ours = targets.filter((target, index) => isOurs(target, images[index]))
    const results = await setRetention(scope, ours, ({ before }) => before)
    const outcomeOf = new Map(ours.map((target, index) => [target, results[index]]))
    return targets.map((target, index): Outcome => {
      const outcome = outcomeOf.get(target)
      if (outcome !== undefined) return outcome
      const image = images[index]
      if (image === undefined) return gone
      return driftOf(target.before, image) === null
        ? { kind: 'done', result: { untouched: true } }
        : { kind: 'drifted', why: 'Somebody else has changed the log group since.' }
    })
  })

/** The steps work from the images of each target, so that the undo is the same with the images swapped. */
export const retentionSteps: Step[] = [
  checkStep(readGroups),
  {
    name: 'set',
    description: 'Sets or removes the retention of each log group with a call of its own.',
    kind: 'act',
    effect: 'readable',
    run: (scope, targets) => setRetention(scope, targets, ({ after }) => after),
    reread: async (scope, targets) => {
      const images = await liveImages(scope, targets)
      return targets.map((target, index) => {
        const image = images[index]
        if (image === undefined) return gone
        if (hasArrived(target.before, target.after, image)) return { kind: 'done' }
        const why = driftOf(target.before, image)
        return why === null ? null : { kind: 'drifted', why }
      })
    },
    compensate: takeBack,
  },
  verifyStep(readGroups),
]
