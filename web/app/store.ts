import { combineReducers, configureStore } from '@reduxjs/toolkit'
import { useDispatch, useSelector } from 'react-redux'
import { api } from '../api/api.ts'
import type { ApiExtra } from '../api/base-query.ts'
import { sessionSlice } from '../auth/session-state.ts'
import { liveSlice } from '../live/live-state.ts'
import { appearanceSlice } from './appearance.ts'
import { noticesSlice } from './notices.ts'

const reducer = combineReducers({
  [api.reducerPath]: api.reducer,
  session: sessionSlice.reducer,
  live: liveSlice.reducer,
  notices: noticesSlice.reducer,
  appearance: appearanceSlice.reducer,
})
export type RootState = ReturnType<typeof reducer>

export const createStore = (extra: ApiExtra, preloaded: Partial<RootState> = {}) =>
  configureStore({
    reducer,
    preloadedState: preloaded,
    middleware: (defaults) => defaults({ thunk: { extraArgument: extra } }).concat(api.middleware),
  })

export type Store = ReturnType<typeof createStore>
export const useAppDispatch = useDispatch.withTypes<Store['dispatch']>()
export const useAppSelector = useSelector.withTypes<RootState>()
