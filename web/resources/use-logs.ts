import { useCallback, useEffect, useReducer } from 'react'
import { useAppDispatch } from '../app/store.ts'
import { endsOf } from '../design/time-range.ts'
import type { TimeRange } from '../design/time-range.ts'
import { resourceApi } from './endpoints.ts'
import { together } from './log-lines.ts'
import type { LogEvent } from './log-lines.ts'
import { followLogs, readLogs } from './log-reading.ts'
import type { Ask, LogNews } from './log-reading.ts'

/** Events of one call. */
const pageSize = 200

type State = {
  events: readonly LogEvent[]
  logGroup: string | null
  /** Where it goes on; null: everything of that time is here, or it is followed. */
  nextCursor: string | null
  /** From where more is being read, since somebody asked for it. */
  wanted: string | null
  isReading: boolean
  error: unknown
}
type Action = { type: 'anew' } | { type: 'more' } | LogNews

const begun: State = {
  events: [],
  logGroup: null,
  nextCursor: null,
  wanted: null,
  isReading: true,
  error: undefined,
}

const step = (state: State, action: Action): State => {
  switch (action.type) {
    case 'anew':
      return { ...begun, logGroup: state.logGroup }
    case 'more':
      return { ...state, wanted: state.nextCursor, isReading: true, error: undefined }
    case 'read':
      return {
        events: together(state.events, action.events, action.most),
        logGroup: action.logGroup,
        nextCursor: action.nextCursor,
        wanted: null,
        isReading: false,
        error: undefined,
      }
    case 'failed':
      return { ...state, wanted: null, isReading: false, error: action.error }
  }
}

export type Logs = State & { more: () => void; again: () => void }

/** The lines of a log: those of a search, part by part, or what comes from now on, looked for every so many milliseconds. */
export const useLogs = (
  { id, filter, range }: { id: string; filter: string; range: TimeRange },
  followEveryMs: number | null,
): Logs => {
  const dispatch = useAppDispatch()
  const [state, act] = useReducer(step, begun)
  const [version, again] = useReducer((count: number) => count + 1, 0)
  const rangeText = JSON.stringify(range)

  const ask: Ask = useCallback(
    (part) =>
      dispatch(
        resourceApi.endpoints.getLogs.initiate(
          { id, filter, limit: pageSize, ...part },
          { subscribe: false, forceRefetch: true },
        ),
      ),
    [dispatch, id, filter],
  )

  useEffect(() => {
    act({ type: 'anew' })
    if (followEveryMs !== null) return followLogs(ask, followEveryMs, act)
    // What the text says is what was written into it above. "Until now" is settled here, once for a search.
    return readLogs(ask, endsOf(JSON.parse(rangeText) as TimeRange, Date.now()), act)
  }, [ask, rangeText, version, followEveryMs])

  const { wanted } = state
  useEffect(() => (wanted === null ? undefined : readLogs(ask, { cursor: wanted }, act)), [ask, wanted])

  return { ...state, more: () => act({ type: 'more' }), again }
}
