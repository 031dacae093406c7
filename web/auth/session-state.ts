import { createSlice } from '@reduxjs/toolkit'
import type { PayloadAction } from '@reduxjs/toolkit'
import type { SessionState } from './session.ts'

export const sessionSlice = createSlice({
  name: 'session',
  initialState: { status: 'unknown' } as SessionState,
  reducers: { sessionChanged: (_state, { payload }: PayloadAction<SessionState>) => payload },
})
export const { sessionChanged } = sessionSlice.actions
