/** How one use of an AWS API is to be made: who waits for it, and what must still hold before each attempt. */
export type Call = {
  /** A bucket that an interactive call waits for grants nothing to bulk or sweep calls. */
  priority: 'interactive' | 'bulk' | 'sweep'
  /** For whom it is made, for example a task: those who wait for the same quota take turns, however many calls each has. */
  share?: string
  /**
   * The caller gives up: nothing more is sent, and a read under way ends at once. An effect under way is waited for, as long
   * as its attempt may take.
   */
  signal?: AbortSignal
  /**
   * Longer than that, in wall milliseconds, the call doesn't stand in line for quota. Then nothing was sent, and the failure
   * says `heldUntil`: whoever made it can do something else and come again.
   */
  waitsAtMostMs?: number
  /**
   * Asked before every attempt (after quota was granted, right before the request leaves): returns how long the attempt
   * may take, in wall milliseconds, or throws when it must not be made at all (the worker's lease is too old).
   */
  beforeAttempt?: () => number
}
