import type { Outcome, StepTarget } from '../operation.ts'

/**
 * The tag that everything carries which an operation made, with the id of the item that made it. AWS takes no client token
 * for snapshots and images, so after a lost answer this is how to find out whether they were made.
 */
export const stepTag = 'orchestrator:step'

/**
 * So often what a lost call may have made is looked for before it is made again: describes of EC2 lag behind what was done
 * (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html). With the engine's pauses between attempts of
 * unknown outcome that is at least 7 seconds.
 */
const looks = 3

/** Nothing was found yet: look again, or, after some looks, null for "it was not made, make it". */
export const notFound = (target: StepTarget): Outcome | null =>
  (target.polls ?? 0) >= looks
    ? null
    : {
        kind: 'failed',
        code: 'outcome_not_seen_yet',
        message: 'Nobody knows yet whether the last attempt made it: AWS shows nothing so far.',
        retry: 'unknown',
      }
