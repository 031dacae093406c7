import type { Aws } from '#aws/cloud.ts'
import { AppError } from '#platform/app-error.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import type { FreezeGate } from '../freezes/gate.ts'
import type { Operation } from '../operation.ts'
import { createRecorder } from '../queue/record.ts'
import { claimItems } from '../store/claim-items.ts'
import { decidedTasks } from '../store/control.ts'
import { releaseItems, releaseStrays } from '../store/workers.ts'
import { createAccounts } from './accounts.ts'
import type { Batch, Effects } from './batches.ts'
import { fullTasks, intoBatches } from './batches.ts'
import { createHandOff } from './hand-off.ts'
import type { HeldItem } from './held-item.ts'
import { createHeldTasks } from './held-tasks.ts'
import { advanceOf, hold } from './held-item.ts'
import { createLease } from './lease.ts'
import { createRecovery } from './recovery.ts'
import { createRoom } from './room.ts'
import { runBatch } from './run-batch.ts'
import { createSlots } from './slots.ts'
import type { Slot } from './slots.ts'

export type WorkerOptions = {
  db: Database
  clock: Clock
  log: Log
  aws: Aws
  notifier: Notifier
  listener: Listener
  /** Null for an operation, or a version of one, that this release doesn't know; another release's worker may. */
  operation: (name: string, version: number) => Operation | null
  /** Told what was changed in AWS, so that the inventory can look at once. */
  onEffects: (effect: Effects) => void
  /** Puts back what must not begin now; all may when it is left out. */
  gate?: Pick<FreezeGate, 'pass'>
  leaseSeconds?: number
  /** Batches in flight. They wait for AWS most of the time. */
  concurrency?: number
  pollMs?: number // a lost notification costs at most this
}

/** Most items of one claim; a bulk task's come in hundreds and are then batched. */
const mostClaimed = 500

/**
 * One worker process: claims due items in batches and refills slot by slot as batches end, so that a slow one is never a
 * barrier. Prefetches at most as much as it can run at once, or in the next moment.
 */
export const createWorker = (options: WorkerOptions) => {
  const { db, clock, log, aws, notifier, listener, concurrency = 50, pollMs = 1000, leaseSeconds = 15 } = options
  const recorder = createRecorder({ db, notifier })
  let buffer: Batch[] = []
  const running = new Set<Promise<void>>()
  const inFlight = new Set<Batch>()
  const slots = createSlots(concurrency, () => goOn())
  const room = createRoom({
    concurrency,
    clock,
    slots,
    running: () => running.size,
    buffered: () => buffer.length,
  })
  /**
   * Whether items may be ours on record that are not in our hands: the answer to a claim was lost with the connection, or a
   * batch was left and could not be handed back. As long as this process lives its lease keeps everybody else off them.
   */
  let mayHaveStrays = false
  const stopping = new AbortController()
  /** Aborted when the lease is lost: what still waits for quota under the old identity must not act any more. */
  let holding = new AbortController()
  /** Either. Made once for each lease: one for each batch is work for nothing. */
  let signal = AbortSignal.any([stopping.signal, holding.signal])
  const heldTasks = createHeldTasks()
  let isClaiming = false
  let claiming: Promise<void> = Promise.resolve()
  let isWanted = false
  /** The last claim left nothing that is due, but of tasks of which enough is in hand. */
  let isQueueEmpty = false
  const timers = new Set<NodeJS.Timeout>()
  const unsubscribe: (() => void)[] = []

  const accounts = createAccounts(aws, clock)
  const recovery = createRecovery({
    db,
    clock,
    log,
    notifier,
    everyMs: (leaseSeconds * 1000) / 3,
    signal: stopping.signal,
    onRound: async () => {
      await refreshDecided()
      kick()
    },
  })

  const lease = createLease({
    db,
    clock,
    log,
    leaseSeconds,
    onLost: () => {
      for (const batch of buffer) heldTasks.letGo(batch.items)
      buffer = []
      holding.abort()
      holding = new AbortController()
      signal = AbortSignal.any([stopping.signal, holding.signal])
    },
  })

  const kick = (): void => {
    isWanted = true
    if (!isClaiming && !stopping.signal.aborted) claiming = claim()
  }

  const kickAt = (due: Date): void => {
    const delayMs = due.getTime() - clock.now().getTime()
    if (delayMs > pollMs) return // the poll comes by then
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        kick()
      },
      Math.max(1, delayMs),
    )
    timers.add(timer)
  }

  const claim = async (): Promise<void> => {
    isClaiming = true
    try {
      while (isWanted && !stopping.signal.aborted) {
        isWanted = false
        if (mayHaveStrays && handOff.reserved() === 0) await takeBackStrays()
        const places = room.left() - handOff.reserved()
        if (!room.isWorthClaiming(places) || !lease.isHeld()) break // asked again when a batch ends or the lease is renewed
        const worker = lease.id()
        const limit = Math.min(mostClaimed, places)
        const claimed = await claimItems(db, worker, limit, fullTasks([...buffer, ...inFlight], concurrency))
        isQueueEmpty = claimed.length < limit
        if (!isQueueEmpty) isWanted = true
        const passed = (await options.gate?.pass(worker, claimed)) ?? claimed
        if (worker !== lease.id()) break // lost while claiming: recovery will find them
        take(passed.map((item) => hold(item, worker)))
      }
    } catch (error) {
      mayHaveStrays = true
      log.warn({ err: error }, 'could not claim; trying again')
      kickAt(new Date(clock.now().getTime() + pollMs / 2))
    } finally {
      isClaiming = false
    }
  }

  const handOff = createHandOff({
    identity: () => (isQueueEmpty && !mayHaveStrays && lease.isHeld() && !stopping.signal.aborted ? lease.id() : null),
    places: room.left,
    take: (worker, items) => {
      const held = items.map((item) => hold(item, worker))
      // Another identity by now: whoever recovers items finds them.
      if (worker !== lease.id()) return
      if (stopping.signal.aborted) void handBack(held, 'the process is stopping')
      else take(held)
    },
    onLost: () => {
      mayHaveStrays = true
      kick()
    },
  })

  /** Only while no claim and no filing is under way: whatever is claimed is in our hands by then. */
  const takeBackStrays = async (): Promise<void> => {
    mayHaveStrays = false
    const held = [...buffer, ...inFlight].flatMap((batch) => batch.items)
    try {
      const strays = await recorder.carryOver(() => releaseStrays(db, lease.id(), held))
      if (strays.length > 0) log.warn({ items: strays.length }, 'took back items that nobody had in hand')
    } catch (error) {
      mayHaveStrays = true
      throw error
    }
  }

  const take = (items: HeldItem[]): void => {
    if (items.length === 0) return
    heldTasks.hold(items)
    const { batches, strangers } = intoBatches(items, (item) =>
      options.operation(item.operation, item.operationVersion),
    )
    if (strangers.length > 0) void turnAway(strangers)
    buffer.push(...batches)
    drain()
  }

  const drain = (): void => {
    while (room.mayBegin() && !stopping.signal.aborted) {
      const batch = buffer.shift()
      if (!batch) return
      inFlight.add(batch)
      const slot = slots.enter()
      const run = execute(batch, slot).finally(() => {
        running.delete(run)
        inFlight.delete(batch)
        room.ended()
        slot.leave()
        heldTasks.letGo(batch.items)
        goOn()
      })
      running.add(run)
    }
  }

  const goOn = (): void => {
    drain()
    if (room.isWorthClaiming(room.left())) kick()
  }

  const execute = async (batch: Batch, slot: Slot): Promise<void> => {
    const { account, region } = batch
    // What a worker does is not held up by saying so.
    for (const item of batch.items) {
      if (item.taskStatus === 'queued' || item.taskStatus === 'scheduled') recorder.started(item.taskId)
    }
    try {
      const scope = {
        aws,
        account: await accounts.get(account),
        region,
        call: {
          priority: batch.isInteractive ? 'interactive' : 'bulk',
          signal,
          beforeAttempt: lease.beforeAttempt,
        } as const,
      }
      await runBatch(
        {
          recorder,
          lease,
          clock,
          scope,
          isCancelling: heldTasks.isCancelling,
          isPaused: heldTasks.isPaused,
          onParked: kickAt,
          slot,
          onChanged: (by) => options.onEffects({ account, region, type: batch.operation.targetType, by }),
        },
        batch,
      )
    } catch (error) {
      log.warn({ err: error, operation: batch.operation.name, account, region }, 'left a batch')
      if (error instanceof AppError && error.code === 'account_not_found') return endWithoutAccount(batch)
      // The lease is too old, the process stops, or the database stayed away: what is on record decides what comes next.
      // Whoever recovers the items treats their current step as doubtful.
      if (stopping.signal.aborted) return
      inFlight.delete(batch)
      // A lease that is too old for now may still be renewed, and nobody would ever take over what is left here.
      if (lease.isHeld()) await handBack(batch.items, 'the batch could not go on', true)
      else mayHaveStrays = true
    }
  }

  /** The account was removed with its tasks still open: nobody can go on with them, now or later. */
  const endWithoutAccount = async (batch: Batch): Promise<void> => {
    const message = `Account ${batch.account} is not known here any more. What the item did before is left as it is.`
    const end = (item: HeldItem): Promise<boolean> =>
      recorder.advance(
        advanceOf(item, { status: 'failed', inWait: false, error: { code: 'account_not_found', message } }),
      )
    const ended = await Promise.allSettled(batch.items.map(end))
    // Those are taken back, and ended at their next turn.
    if (ended.some(({ status }) => status === 'rejected')) mayHaveStrays = true
  }

  /** What this release can't run is left to another one, but for what nobody wants any more. */
  const turnAway = async (strangers: HeldItem[]): Promise<void> => {
    heldTasks.letGo(strangers)
    const isUnwanted = (item: HeldItem): boolean =>
      item.taskStatus === 'cancelling' && item.step === 0 && !item.isDoubtful && !item.isCompensating
    const cancelled = await Promise.allSettled(
      strangers.filter(isUnwanted).map((item) => recorder.advance(advanceOf(item, { status: 'cancelled' }))),
    )
    if (cancelled.some(({ status }) => status === 'rejected')) mayHaveStrays = true
    const others = strangers.filter((item) => !isUnwanted(item))
    if (others.length > 0) await handBack(others, 'this release does not know the operation')
  }

  const handBack = async (items: HeldItem[], why: string, isDoubtful = false): Promise<void> => {
    log.warn({ items: items.length, operation: items[0]?.operation, why }, 'handed items back')
    const release = (): Promise<unknown> => releaseItems(db, items, lease.id(), { isDoubtful, inSeconds: 5 })
    await (isDoubtful ? recorder.carryOver(release) : release()).catch((error: unknown) => {
      mayHaveStrays = true
      log.warn({ err: error }, 'could not hand items back; trying again')
    })
  }

  /** News of what people decided may get lost. */
  const refreshDecided = async (): Promise<void> => {
    for (const { id, status } of await decidedTasks(db, heldTasks.ids())) {
      if (status === 'cancelling') heldTasks.cancel(id)
      else heldTasks.pause(id)
    }
  }

  let poll: NodeJS.Timeout | undefined
  return {
    start: async (): Promise<void> => {
      await lease.start()
      unsubscribe.push(
        listener.on('tasks', kick),
        listener.onReconnect(kick),
        listener.on('tasks_cancelling', heldTasks.cancel),
        listener.on('tasks_paused', heldTasks.pause),
      )
      poll = setInterval(kick, pollMs)
      recovery.start()
      kick()
    },
    /** Looks for work now; for a filing in the same process, which needs no notification. */
    kick,
    /** For the filer of the same process: items that begin without a claim. */
    handOff: { reserve: handOff.reserve },
    /** Batches in flight and waiting for a slot, for /queue and metrics. */
    load: () => ({ running: running.size, buffered: buffer.length }),
    /** Lets batches in flight come to their next record, hands back the rest, ends the lease. */
    stop: async (): Promise<void> => {
      stopping.abort()
      clearInterval(poll)
      for (const timer of timers) clearTimeout(timer)
      for (const end of unsubscribe) end()
      await claiming // what it brings is handed back with the rest
      const unbegun = buffer.flatMap((batch) => batch.items)
      buffer = []
      if (unbegun.length > 0) {
        // Where that fails they are taken over once the lease is gone.
        await releaseItems(db, unbegun, lease.id(), { isDoubtful: false, inSeconds: 0 }).catch((error: unknown) =>
          log.warn({ err: error }, 'could not hand items back while stopping'),
        )
      }
      await Promise.allSettled(running)
      await recorder.idle()
      await recovery.stopped()
      await lease.stop()
    },
  }
}
export type Worker = ReturnType<typeof createWorker>
