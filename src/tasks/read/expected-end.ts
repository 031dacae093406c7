import type { ExpectedEnd } from '#contracts/expected-end.ts'
import type { Plan, TaskStatus } from '#contracts/task.ts'

/** What ended, and what is still open, of the current wave in one account and Region. */
export type PlaceEnds = {
  open: number
  ended: number
  /** Of those, within the last `observedSeconds`. */
  recent: number
}

/** So far back the rate looks: the burst that a full bucket allows is soon out of it, and says nothing about what follows. */
export const observedSeconds = 30
/** Fewer ends than this are no rate. */
const enoughEnds = 10

export type Course = {
  status: TaskStatus
  startedAt: Date | null
  /** What holds what has not begun: a set time, a delay, a freeze. */
  notBefore: Date | null
  total: number
  plan: Pick<Plan, 'expectedSeconds' | 'waves'>
  /** Undefined for a task without waves, budget or predecessors. */
  conduct?: { released: number; released_at: readonly Date[]; soak_until: Date | null; is_after: boolean } | undefined
  places: readonly PlaceEnds[]
}

const unknown: ExpectedEnd = { remainingSeconds: null, expectedEndAt: null, itemsPerSecond: null }

/**
 * When a task will be over, in wall time. What has not begun takes as long as the plan says, from when it may begin. Of the
 * current wave the slowest account and Region counts, as in the plan: what is open there, at the rate at which targets ended
 * there lately; the plan, as long as that rate can't be known yet. An estimate that has passed is none: when neither the
 * plan nor a rate says anything, the end is not known.
 */
export const expectedEnd = (course: Course, now: Date): ExpectedEnd => {
  const { status, startedAt, notBefore, total, plan, conduct, places } = course
  if (!isComing(status) || conduct?.is_after === true) return unknown

  const heldSeconds = Math.max(0, secondsBetween(now, notBefore))
  if (startedAt === null) return { ...at(now, heldSeconds + plan.expectedSeconds.total), itemsPerSecond: null }

  const waves = plan.waves ?? [{ size: total, expectedSeconds: plan.expectedSeconds }]
  const current = Math.max(0, (conduct?.released ?? 1) - 1)
  const soakSeconds = soakOf(plan)
  const later = waves.slice(current + 1).reduce((sum, wave) => sum + soakSeconds + wave.expectedSeconds.total, 0)
  if (conduct?.soak_until) {
    const left = Math.max(0, secondsBetween(now, conduct.soak_until))
    return { ...at(now, left + Math.max(0, later - soakSeconds)), itemsPerSecond: null }
  }

  const wave = waves[current] ?? { size: total, expectedSeconds: plan.expectedSeconds }
  // Filed, and with that released, long before its last approval: it begins when it begins.
  const since = Math.max(startedAt.getTime(), conduct?.released_at[current]?.getTime() ?? 0)
  const elapsed = Math.max(0, (now.getTime() - since) / 1000)
  const left = heldSeconds > 0 ? heldSeconds + heldWave(wave, places) : waveLeft(wave.expectedSeconds, places, elapsed)
  return { ...(left === null ? unknown : at(now, left + later)), itemsPerSecond: rateOf(places, elapsed) }
}

/** It goes on by itself: nobody has to act first, and it is not over. */
export const isComing = (status: TaskStatus): boolean =>
  status === 'queued' || status === 'scheduled' || status === 'running' || status === 'waiting'

type Seconds = Plan['expectedSeconds']

const waveLeft = (planned: Seconds, places: readonly PlaceEnds[], elapsed: number): number | null => {
  let slowest = 0
  for (const place of places) {
    const left = place.open === 0 ? 0 : placeLeft(planned, place, elapsed)
    if (left === null) return null
    slowest = Math.max(slowest, left)
  }
  return slowest
}

const placeLeft = (planned: Seconds, { open, ended, recent }: PlaceEnds, elapsed: number): number | null => {
  // The first can't end before AWS is done with it: from then on a whole span has to pass.
  const isSettled = elapsed >= planned.waits + observedSeconds
  if (isSettled && recent >= enoughEnds) return (open * observedSeconds) / recent
  if (planned.total > elapsed) return planned.total - elapsed
  if (ended < enoughEnds || (isSettled && recent === 0)) return null
  return (open * elapsed) / ended
}

/** A freeze holds what has not begun of a wave: its share of the calls, and the waits. */
const heldWave = (wave: { size: number; expectedSeconds: Seconds }, places: readonly PlaceEnds[]): number => {
  const open = places.reduce((sum, place) => sum + place.open, 0)
  const { calls, waits } = wave.expectedSeconds
  return open === 0 || wave.size === 0 ? 0 : (calls * open) / wave.size + waits
}

const rateOf = (places: readonly PlaceEnds[], elapsed: number): number => {
  const recent = places.reduce((sum, place) => sum + place.recent, 0)
  return Number((recent / Math.min(observedSeconds, Math.max(1, elapsed))).toPrecision(3))
}

/** One soak in wall time, whose total the plan has in its own. */
const soakOf = ({ waves = [], expectedSeconds }: Course['plan']): number => {
  if (waves.length < 2) return 0
  const working = waves.reduce((sum, wave) => sum + wave.expectedSeconds.total, 0)
  return Math.max(0, (expectedSeconds.total - working) / (waves.length - 1))
}

const secondsBetween = (from: Date, to: Date | null): number =>
  to === null ? 0 : (to.getTime() - from.getTime()) / 1000

const at = (now: Date, seconds: number): Pick<ExpectedEnd, 'remainingSeconds' | 'expectedEndAt'> => {
  // 30.1 - 10 is a little more than 20.1: what was rounded to tenths is rounded again before it is rounded up.
  const remainingSeconds = Math.ceil(Number(seconds.toFixed(3)))
  return { remainingSeconds, expectedEndAt: new Date(now.getTime() + remainingSeconds * 1000).toISOString() }
}
