import { z } from 'zod'
import type { Image, Risk } from '#contracts/task.ts'
import type { LiveTarget, Operation, Outcome, Outcomes, Scope, Step, StepTarget } from '../../operation.ts'
import { bisect } from '../bisect.ts'
import { differences, hasArrived } from '../images.ts'
import { liftedSafeguards, protectedTag, stackOf } from '../safeguards.ts'
import { checkStep, verifyStep } from '../steps.ts'
import { isGone } from './guards.ts'
import { describe, instanceIdOf, readInstances } from './instances.ts'

/** AWS's limits: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
export const mostTags = 50
const reserved = (key: string): boolean => /^aws:/i.test(key)
const ours = (key: string): boolean => key.startsWith('orchestrator:') && key !== protectedTag

export const tagKeySchema = z
  .string()
  .min(1)
  .max(128)
  .refine((key) => !reserved(key), { error: 'Keys that begin with "aws:" belong to AWS.' })
  .refine((key) => !ours(key), {
    error: `Of the keys that begin with "orchestrator:" only "${protectedTag}" can be set.`,
  })
export const tagValueSchema = z.string().max(256)

/** The values that some tags have; null for a tag that is absent. The whole image of a tag operation. */
export type TagValues = Record<string, string | null>

export const tagValuesOf = (image: Image): TagValues =>
  z.record(z.string(), z.string().nullable()).parse(image['tags'] ?? {})

const valueOf = (tags: Record<string, string>, key: string): string | null =>
  Object.hasOwn(tags, key) ? (tags[key] ?? null) : null

const imageOf = (tags: Record<string, string>, keys: readonly string[]): Image => ({
  tags: Object.fromEntries(keys.map((key) => [key, valueOf(tags, key)])),
})

/** Reads only the tags that the operation touches. */
export const readTags =
  <Params>(keysOf: (params: Params) => readonly string[]): Operation<Params>['read'] =>
  (scope, ids, params) =>
    readInstances(scope, ids, ({ tags }) => imageOf(tags, keysOf(params)))

/** All tags of a target once the touched ones have the values of `after`. */
export const tagsWith = (tags: Record<string, string>, after: Image): Record<string, string> => {
  const touched = tagValuesOf(after)
  const kept = Object.entries(tags).filter(([key]) => !Object.hasOwn(touched, key))
  const set = Object.entries(touched).filter((entry): entry is [string, string] => entry[1] !== null)
  return Object.fromEntries([...kept, ...set])
}

/** AWS's own tags don't count towards the limit. */
export const countTags = (tags: Record<string, string>): number =>
  Object.keys(tags).filter((key) => !reserved(key)).length

export const goneGuard = ({ facts }: LiveTarget): string | null => (isGone(facts['state']) ? 'is terminated' : null)

/** Tags decide who may do what (production, protection, who manages it): taking such a mark away is security-relevant. */
export const riskOfTags = (target: LiveTarget, after: Image): Risk | null =>
  liftedSafeguards(target.tags, tagsWith(target.tags, after)).length > 0 ? 'R3' : null

export const warnOfTags = (target: LiveTarget): string[] => {
  const stack = stackOf(target.tags)
  const group = target.tags['aws:autoscaling:groupName']
  return [
    ...(stack === null ? [] : [`is described by the CloudFormation stack "${stack}", which may set its tags again`]),
    ...(group === undefined
      ? []
      : [`belongs to the Auto Scaling group "${group}": instances that it launches later lack this change`]),
  ]
}

type Change = { set: Record<string, string>; remove: string[]; targets: StepTarget[] }

/** Targets whose tags change in the same way go into one call. */
const groupByChange = (
  targets: readonly StepTarget[],
  from: (t: StepTarget) => Image,
  to: (t: StepTarget) => Image,
): Change[] => {
  const groups = new Map<string, Change>()
  for (const target of targets) {
    const wanted = tagValuesOf(to(target))
    const changed = new Set(differences(from(target), to(target)).map(({ field }) => field.slice('tags.'.length)))
    const entries = Object.entries(wanted)
      .filter(([key]) => changed.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
    const key = JSON.stringify(entries)
    const group = groups.get(key) ?? {
      set: Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null)),
      remove: entries.filter(([, value]) => value === null).map(([name]) => name),
      targets: [],
    }
    group.targets.push(target)
    groups.set(key, group)
  }
  return [...groups.values()]
}

const applyTags = async (
  scope: Scope,
  targets: readonly StepTarget[],
  from: (target: StepTarget) => Image,
  to: (target: StepTarget) => Image,
): Promise<Outcomes> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const outcomes = new Map<StepTarget, Outcome>()
  const tagged = new Set<StepTarget>()
  for (const { set, remove, targets: group } of groupByChange(targets, from, to)) {
    const results = await bisect(group, instanceIdOf, async (part) => {
      const ids = part.map(instanceIdOf)
      if (Object.keys(set).length > 0) {
        await ec2.createTags(scope.call, ids, set)
        for (const target of part) tagged.add(target)
      }
      if (remove.length > 0) await ec2.deleteTags(scope.call, ids, remove)
      return part.map(() => ({ kind: 'done' }))
    })
    group.forEach((target, index) => {
      const outcome = results[index] ?? { kind: 'done' }
      const isHalfDone = outcome.kind === 'failed' && tagged.has(target)
      outcomes.set(target, isHalfDone ? { ...outcome, hasActed: true } : outcome)
    })
  }
  // Every target is in exactly one group.
  return targets.map((target) => outcomes.get(target)!)
}

/**
 * The steps of everything that changes tags. They work from the images of each target, not from the parameters, so that
 * the undo is the same with the images swapped.
 */
export const tagSteps = <Params>(read: Operation<Params>['read']): Step<Params>[] => [
  checkStep(read),
  {
    name: 'apply',
    description: 'Sets and removes tags, one call for up to 200 instances that change in the same way.',
    kind: 'act',
    effect: 'readable',
    run: (scope, targets) =>
      applyTags(
        scope,
        targets,
        ({ before }) => before,
        ({ after }) => after,
      ),
    reread: async (scope, targets) => {
      const live = await describe(
        scope,
        targets.map(({ id }) => id),
      )
      return targets.map(({ id, before, after }) => {
        const instance = live.get(id)
        if (instance === undefined)
          return { kind: 'failed', code: 'target_gone', message: 'It no longer exists.', retry: 'never' }
        const now = imageOf(instance.tags, Object.keys(tagValuesOf(after)))
        return hasArrived(before, after, now) ? { kind: 'done' } : null
      })
    },
    compensate: (scope, targets) =>
      applyTags(
        scope,
        targets,
        ({ after }) => after,
        ({ before }) => before,
      ),
  },
  verifyStep(read),
]
