import { incidentKinds } from '#contracts/sandbox.ts'
import type { IncidentKind, SandboxIncident } from '#contracts/sandbox.ts'
import type { Estate } from '../estate/estate.ts'
import { fraction } from '../estate/random.ts'
import { targetOf } from './targets.ts'

/** An incident with what the metrics of its resource need to know: how far it has come, 0 to 1. */
export type Incident = SandboxIncident & { fromMs: number; untilMs: number }

/** How often each kind comes, and how long it lasts, in hours. None reaches into the next turn of its kind. */
const turns: Record<IncidentKind, { every: number; least: number; most: number }> = {
  'cpu-saturation': { every: 8, least: 1, most: 1.5 },
  'memory-leak': { every: 12, least: 6, most: 9 },
  'disk-filling': { every: 24, least: 14, most: 20 },
  'credit-exhaustion': { every: 8, least: 4, most: 6 },
  'function-errors': { every: 3, least: 0.4, most: 0.75 },
  'slow-load-balancer': { every: 6, least: 1, most: 2 },
  // Nobody looks at a bill every day.
  'runaway-cost': { every: 504, least: 60, most: 96 },
}

const hourMs = 3_600_000
/** Turns that are kept of each kind; the oldest one goes. */
const mostKept = 2_000

export type Calendar = {
  /** The incident of a kind at a moment; undefined where none is. */
  at: (kind: IncidentKind, atMs: number) => Incident | undefined
  /** All that touch a time, the latest first. */
  between: (fromMs: number, toMs: number) => Incident[]
}

/**
 * What goes wrong in the estate, for ever: each kind comes again and again, at another time of its turn and with another resource.
 * All of it follows from the seed and the date, so the same sandbox has the same past wherever it is opened.
 */
export const createCalendar = (estate: Estate): Calendar => {
  const known = new Map<IncidentKind, Map<number, Incident | undefined>>()

  const make = (kind: IncidentKind, turn: number): Incident | undefined => {
    const { every, least, most } = turns[kind]
    const number = incidentKinds.indexOf(kind)
    const dice = (salt: number): number => fraction(estate.seed, 900 + number, turn, salt)
    const hours = least + dice(1) * (most - least)
    const fromMs = Math.round((turn * every + dice(2) * (every - hours)) * 60) * (hourMs / 60)
    const untilMs = fromMs + Math.round(hours * 60) * (hourMs / 60)
    const target = targetOf(estate, kind, (attempt) => fraction(estate.seed, 950 + number, turn, attempt))
    if (target === undefined) return undefined
    return {
      kind,
      ...target,
      from: new Date(fromMs).toISOString(),
      until: new Date(untilMs).toISOString(),
      fromMs,
      untilMs,
    }
  }

  const ofTurn = (kind: IncidentKind, turn: number): Incident | undefined => {
    let own = known.get(kind)
    if (own === undefined) known.set(kind, (own = new Map()))
    if (own.has(turn)) return own.get(turn)
    const incident = make(kind, turn)
    own.set(turn, incident)
    const oldest = own.keys().next()
    if (own.size > mostKept && !oldest.done) own.delete(oldest.value)
    return incident
  }

  const turnAt = (kind: IncidentKind, atMs: number): number => Math.floor(atMs / (turns[kind].every * hourMs))

  return {
    at: (kind, atMs) => {
      const incident = ofTurn(kind, turnAt(kind, atMs))
      return incident !== undefined && atMs >= incident.fromMs && atMs < incident.untilMs ? incident : undefined
    },
    between: (fromMs, toMs) =>
      incidentKinds
        .flatMap((kind) => {
          const first = turnAt(kind, fromMs)
          const count = Math.min(mostKept, turnAt(kind, toMs) - first + 1)
          return Array.from({ length: count }, (_, index) => ofTurn(kind, first + index) ?? [])
        })
        .flat()
        .filter((incident) => incident.fromMs < toMs && incident.untilMs > fromMs)
        .toSorted((a, b) => b.fromMs - a.fromMs),
  }
}

/** How far an incident of this kind on this resource has come at a moment, 0 to 1; undefined where none is. */
export const progressOf = (
  calendar: Calendar,
  kind: IncidentKind,
  resource: string,
  atMs: number,
): number | undefined => {
  const incident = calendar.at(kind, atMs)
  if (incident?.resource !== resource) return undefined
  return (atMs - incident.fromMs) / (incident.untilMs - incident.fromMs)
}
