import type { AlarmState } from './alarm-states.ts'
import { ringing } from './alarm-states.ts'

export type Judgement =
  /** None has gone off. `known` is what still speaks against them and was told of before. */
  | { kind: 'quiet'; known: Record<string, string> }
  /** Somebody has to look before the task goes on. */
  | { kind: 'pause'; why: string; known: Record<string, string> }
  /** Some could not be read: nobody knows, and it is tried again. */
  | { kind: 'unread'; why: string }

/**
 * What the states of watched alarms mean for a task. An alarm speaks against it when it rings, is not there any more, or can't
 * be read for good; once that was told of (`known`) it counts no more until it changes, for example when it goes off again.
 * What was ringing all the time says nothing about the change.
 */
export const judge = (states: readonly AlarmState[], known: Readonly<Record<string, string>>): Judgement => {
  const found = states.flatMap((state) => {
    const mark = markOf(state)
    return mark === null ? [] : [{ state, mark }]
  })
  const now = Object.fromEntries(found.map(({ state, mark }) => [state.id, mark]))
  const fresh = found.filter(({ state, mark }) => known[state.id] !== mark).map(({ state }) => state)
  if (fresh.length > 0) return { kind: 'pause', why: fresh.map(words).join(' '), known: { ...known, ...now } }
  const unread = states.find((state) => state.kind === 'unread' && !state.isForGood)
  if (unread?.kind === 'unread') return { kind: 'unread', why: unread.why }
  return { kind: 'quiet', known: now }
}

const markOf = (state: AlarmState): string | null => {
  if (state.kind === 'gone') return 'gone'
  if (state.kind === 'unread') return state.isForGood ? 'unread' : null
  return ringing(state)
}

const words = (state: AlarmState): string => {
  const alarm = `The alarm "${state.id.slice(state.id.indexOf(':alarm:') + ':alarm:'.length)}"`
  switch (state.kind) {
    case 'ringing': {
      const since = state.since === null ? '' : ` at ${state.since}`
      return `${alarm} went off${since}${state.reason === null ? '' : ` (${state.reason})`}.`
    }
    case 'gone':
      return `${alarm} is not there any more.`
    case 'unread':
      return `${alarm} can't be read: ${state.why}.`
    case 'quiet':
      return `${alarm} is quiet.`
  }
}
