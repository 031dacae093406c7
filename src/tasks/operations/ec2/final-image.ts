import type { Ec2Image } from '#aws/ec2.ts'
import type { Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { eachAlone } from '../each-alone.ts'
import { reading } from '../failures.ts'
import { notFound, stepTag } from '../made.ts'
import { nextPollSeconds } from '../steps.ts'
import { isGone } from './guards.ts'
import { describe, instanceIdOf } from './instances.ts'

/** The name of an image is unique in its account and Region: even a repetition in error could not make a second one. */
const nameFor = (target: StepTarget): string => `orchestrator ${instanceIdOf(target)} ${target.itemId}`

/** The image that step "image" made. */
export const imageIdOf = (target: StepTarget): string | null => {
  const result = target.results['image']
  return typeof result === 'object' && result !== null && 'imageId' in result && typeof result.imageId === 'string'
    ? result.imageId
    : null
}

export const makeImages = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
  eachAlone(targets, async (target) => {
    const ec2 = await scope.aws.ec2(scope.account, scope.region)
    const imageId = await ec2.createImage(scope.call, {
      instanceId: instanceIdOf(target),
      name: nameFor(target),
      description: `The last state of ${instanceIdOf(target)} before AWS Orchestrator terminated it`,
      tags: { [stepTag]: target.itemId },
    })
    return { kind: 'done', result: { imageId } }
  })

const madeFor = async (scope: Scope, targets: readonly StepTarget[]): Promise<ReadonlyMap<string, Ec2Image>> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const found = await ec2.describeImages(scope.call, { tag: stepTag, values: targets.map(({ itemId }) => itemId) })
  return new Map(found.map((image) => [image.tags[stepTag] ?? '', image]))
}

export const rereadImages = async (scope: Scope, targets: readonly StepTarget[]): Promise<(Outcome | null)[]> => {
  const made = await madeFor(scope, targets)
  return targets.map((target) => {
    const image = made.get(target.itemId)
    return image === undefined ? notFound(target) : { kind: 'done', result: { imageId: image.id } }
  })
}

/** An image of a large instance takes hours: soon only a look a minute. */
const lookAgainSeconds = (polls: number): number => (polls < 12 ? nextPollSeconds(polls) : 60)

export const awaitImages = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
  reading(targets, async () => {
    const ec2 = await scope.aws.ec2(scope.account, scope.region)
    const images = await ec2.describeImages(scope.call, { ids: targets.flatMap((target) => imageIdOf(target) ?? []) })
    const byId = new Map(images.map((image) => [image.id, image]))
    return targets.map((target) => answer(target, byId.get(imageIdOf(target) ?? '')))
  })

const answer = (target: StepTarget, image: Ec2Image | undefined): Outcome => {
  const polls = target.polls ?? 0
  if (image?.state === 'available') return { kind: 'done', result: { imageId: image.id } }
  const isLost = image === undefined ? polls >= 5 : image.state !== 'pending' && image.state !== 'transient'
  if (!isLost) return { kind: 'pending', why: 'its final image is being made', againInSeconds: lookAgainSeconds(polls) }
  return {
    kind: 'failed',
    code: 'image_failed',
    message: `Its final image ${image === undefined ? 'is gone' : `is ${image.state}`}${image?.stateMessage ? `: ${image.stateMessage}` : ''}; the instance was not terminated.`,
    retry: 'never',
  }
}

/**
 * Deletes the images and their snapshots again, but only of instances that are alive: of one that is going or gone the
 * image is all that is left of it.
 */
export const deleteImages = async (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> => {
  const live = await describe(
    scope,
    targets.map(({ id }) => id),
  )
  const made = await madeFor(scope, targets)
  return eachAlone(targets, async (target) => {
    const instance = live.get(target.id)
    const image = made.get(target.itemId)
    if (instance === undefined || isGone(instance.state) || image === undefined) return { kind: 'done' }
    const ec2 = await scope.aws.ec2(scope.account, scope.region)
    const snapshots = await ec2.describeSnapshots(scope.call, { tag: stepTag, values: [target.itemId] })
    await ec2.deregisterImage(scope.call, image.id)
    for (const id of new Set([...image.snapshotIds, ...snapshots.map((one) => one.id)])) {
      await ec2.deleteSnapshot(scope.call, id)
    }
    return { kind: 'done' }
  })
}
