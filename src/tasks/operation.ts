import type { z } from 'zod'
import type { Call } from '#aws/call.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { Image, Risk, UndoLabel } from '#contracts/task.ts'

// Definitions of different parameters stand in one list; each parses its own before anything else sees them.
// oxlint-disable-next-line typescript/no-explicit-any -- `unknown` would not let a definition say what it takes
type AnyParams = any

/**
 * An operation: one typed definition from which the HTTP API, the console's form, the command line and later the
 * assistant's tool are derived. The envelope around it (validate, resolve, authorize, guard, re-read, plan, approve,
 * execute, compensate, audit) is the engine's; the definition says only what is special to it.
 */
export type Operation<Params = AnyParams> = {
  /** `<type's service>.<verb>`, for example "ec2.stop". */
  name: string
  /** Raised whenever the meaning of steps, params or images changes; recorded with each task. */
  version: number
  title: string
  description: string
  targetType: string
  params: z.ZodType<Params>
  /**
   * Of an operation that makes things (or replaces them): the ARNs of what the parameters describe in an account and
   * Region. Its targets are then named by account and Region alone, and `read` answers for those that don't exist as well.
   */
  creates?: (place: { account: string; region: string; partition: string }, params: Params) => string[]
  /**
   * What of the parameters is kept with the plan and the task, where the images of the targets hold the rest: a task's
   * parameters travel with each of its items. Steps see no more than that.
   */
  keptParams?: (params: Params) => Record<string, unknown>
  /** The class of the operation as such: before a target raises it, and before the rule for more than 100 targets. */
  risk: Risk
  /** A higher class that a single target calls for, for example when its tag change lifts a safeguard; null for none. */
  riskOf?: (target: LiveTarget, after: Image, params: Params) => Risk | null
  undo: {
    /** Of the operation as such: the weakest that a plan of it can have. */
    label: UndoLabel
    /** The label for one target, where it depends on the change; the plan's is the weakest of them. */
    labelOf?: (before: Image, after: Image) => UndoLabel
    /**
     * The inverse restores images: it is planned with each item's `before` and `after` swapped (the planner's `desired`)
     * instead of with what its parameters say.
     */
    images?: true
    /** Said in the plan: what the undo can't bring back. */
    note?: string
    /** The task that takes this one back; null where there is none. */
    inverse: ((params: Params) => { operation: string; params: Record<string, unknown> }) | null
  }
  maxTargets: number
  /** Most targets that act together: as many as the acting call takes, or a few with a call each. */
  batchSize: number
  iamActions: string[]
  /**
   * The live fields that the operation changes or guards, read by paged describes. Takes ARNs, answers by ARN; targets
   * that don't exist are left out. `recorded` is the image on record of each target, where there is one: while a task is
   * taken back what it left there, while one runs what its plan saw. Some things are found only by their recorded ids.
   */
  read: (
    scope: Scope,
    ids: readonly string[],
    params: Params,
    recorded?: ReadonlyMap<string, Image>,
  ) => Promise<Map<string, LiveTarget>>
  /** Ids of one read while planning, 200 unless given: more where one listing answers for all. */
  idsPerRead?: number
  /**
   * Why this target must be left out, or null. Called with live values; `after` is what the target is to become, which in
   * an undo by images isn't what the parameters say.
   */
  guard: (target: LiveTarget, params: Params, after?: Image) => string | null
  /** Harmless but worth saying, for example that the public address will change. */
  warn?: (target: LiveTarget, params: Params, after: Image) => string[]
  /**
   * What AWS will or may refuse that can't be told by a target alone: a quota, a key. Asked once for each account and Region of a
   * plan, with all of its targets there. What it can't read it leaves out.
   */
  foresee?: (
    scope: Scope,
    targets: readonly { live: LiveTarget; after: Image }[],
    params: Params,
  ) => Promise<Foresight[]>
  /** The image after the operation; a target whose image is already that is excluded ("already stopped"). */
  desired: (before: Image, params: Params, target: LiveTarget) => Image
  /** The target serves nobody while it runs or from then on: the plan says who is behind it. */
  takesOut?: true
  /** It does something although no field of the image changes (a reboot): never "already so". */
  alwaysActs?: true
  /** Change of cost in USD a month, from the price table. */
  monthlyCostDeltaUsd: (target: LiveTarget, before: Image, after: Image) => number
  /** The calls of one batch with an effect, for the estimate at the quota. */
  calls: EffectCall<Params>[]
  /** Typical wait after the call, in seconds of cloud time. */
  typicalWaitSeconds: (params: Params) => number
  /**
   * How long a task of class R4 is held after its last approval, so that a mistake can still be cancelled; in seconds of
   * cloud time. Without it the engine's default holds (`defaultDelaySeconds`); 0 is no delay. Other classes have none.
   */
  delaySeconds?: (params: Params) => number
  steps: Step<Params>[]
}

/** What AWS will refuse (`isCertain`: the target is left out) or may refuse (it is warned of). */
export type Foresight = { id: string; why: string; isCertain: boolean }

/** One call for a whole batch, or one for each of its targets; `isMade` where it depends on the parameters. */
export type EffectCall<Params = AnyParams> = {
  service: string
  action: string
  perTarget?: true
  isMade?: (params: Params) => boolean
}

/** The place where a batch runs: one account, one Region, and how calls there are made. */
export type Scope = { aws: Aws; account: Account; region: string; call: Call }

export type LiveTarget = {
  /** The ARN. */
  id: string
  name: string | null
  tags: Record<string, string>
  /** Small, JSON: exactly the fields that the operation changes or guards; it goes into the plan hash. */
  image: Image
  /** What is worth a warning or a price but is neither changed nor guarded; not in the hash. */
  facts: Record<string, unknown>
}

export type StepTarget = {
  /** The item's id (UUIDv7); stable, so it can serve as a client token or as the `orchestrator:step` tag. */
  itemId: string
  /** The target's ARN. */
  id: string
  before: Image
  /** What the plan promised. */
  after: Image
  /** Results of the steps before, by name. */
  results: Record<string, unknown>
  /** Wait steps: how often this one was already asked, so that a poll can grow its interval. */
  polls?: number
  /** Wait steps: for how long this one has lasted, in seconds of cloud time. */
  waitedSeconds?: number
}

export type Outcome =
  | { kind: 'done'; result?: unknown; after?: Image }
  /** The step is not over: ask again after so many seconds of cloud time. Only `wait` steps. */
  | { kind: 'pending'; why: string; againInSeconds: number }
  | { kind: 'drifted'; why: string }
  /** `reason` of a permanent failure, or a failure that the engine may retry according to its kind. */
  | {
      kind: 'failed'
      code: string
      message: string
      retry: 'never' | 'throttled' | 'transient' | 'unknown'
      /** The effect, or a part of it, took place or may have: when the step is given up, that part is taken back. */
      hasActed?: true
      /** The way to AWS is closed until then: the item waits for it, which is none of its attempts. */
      heldUntil?: Date
    }

/** One outcome for each target of the batch, in the same order. */
export type Outcomes = Outcome[]

export type Step<Params = AnyParams> = {
  name: string
  description: string
} & (
  | {
      /** Reads only; may be repeated at will. */
      kind: 'check'
      run: (scope: Scope, targets: readonly StepTarget[], params: Params) => Promise<Outcomes>
    }
  | {
      /**
       * Has an effect on AWS.
       * - readable: before a repetition after an unknown outcome, `reread` tells which targets have it already ('done'
       *   outcomes are recorded, 'failed'/'drifted' end the item, null means: not done, act).
       * - at-most-once: neither readable nor idempotent; never repeated by itself (`outcome_unknown`).
       */
      kind: 'act'
      effect: 'readable' | 'at-most-once'
      run: (scope: Scope, targets: readonly StepTarget[], params: Params) => Promise<Outcomes>
      reread?: (scope: Scope, targets: readonly StepTarget[], params: Params) => Promise<(Outcome | null)[]>
      /** Takes this step's effect back when a later step fails. Itself repeatable. Absent: nothing to take back. */
      compensate?: (scope: Scope, targets: readonly StepTarget[], params: Params) => Promise<Outcomes>
    }
  | {
      /** Waits for AWS: polled in batches, without holding a worker slot in between. */
      kind: 'wait'
      timeoutSeconds: number
      run: (scope: Scope, targets: readonly StepTarget[], params: Params) => Promise<Outcomes>
    }
)
