import { createSlice } from '@reduxjs/toolkit'
import type { PayloadAction } from '@reduxjs/toolkit'
import { compareCursors } from './cursor.ts'

/** `retrying`: the connection broke; what is on screen may be old until it is back. */
export type LiveConnection = 'off' | 'connecting' | 'live' | 'retrying'

export type LiveState = {
  connection: LiveConnection
  /** How far this page has followed the event log; null before the server first said where it stands. */
  cursor: string | null
}

/** Whether an event at this cursor is news to a page that stands at that one. */
export const isNews = (cursor: string, seen: string | null): boolean =>
  seen === null || compareCursors(cursor, seen) > 0

export const liveSlice = createSlice({
  name: 'live',
  initialState: { connection: 'off', cursor: null } as LiveState,
  reducers: {
    connectionChanged: (state, { payload }: PayloadAction<LiveConnection>) => {
      state.connection = payload
    },
    /** Everything up to here has been taken. Never moves back: a reconnection may repeat what was seen. */
    cursorAdvanced: (state, { payload }: PayloadAction<string>) => {
      if (isNews(payload, state.cursor)) state.cursor = payload
    },
    /** The server no longer has what came after our cursor: start anew from its position, wherever that is. */
    cursorReset: (state, { payload }: PayloadAction<string>) => {
      state.cursor = payload
    },
  },
})
export const { connectionChanged, cursorAdvanced, cursorReset } = liveSlice.actions
