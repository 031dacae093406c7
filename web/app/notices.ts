import { createSlice } from '@reduxjs/toolkit'
import type { PayloadAction } from '@reduxjs/toolkit'
import { isFinal } from '#contracts/task.ts'
import type { TaskStatus } from '#contracts/task.ts'
import { taskApi } from '../tasks/endpoints.ts'
import type { Counters } from '../tasks/task-status.ts'

/** What the bar at the top of the page says: something that happened, or a task that this user filed and follows. */
export type Notice =
  | { kind: 'message'; id: string; tone: 'success' | 'error' | 'info' | 'warning'; header: string; text: string | null }
  | { kind: 'task'; id: string; taskId: string; operation: string; status: TaskStatus; progress: Counters | null }

/** More than this hides the page; the oldest goes first. */
const mostNotices = 5

const push = (notices: Notice[], notice: Notice): Notice[] =>
  [notice, ...notices.filter(({ id }) => id !== notice.id)].slice(0, mostNotices)

const move = (
  notices: Notice[],
  taskId: string,
  status: TaskStatus | undefined,
  progress: Counters | undefined,
): void => {
  for (const notice of notices) {
    if (notice.kind !== 'task' || notice.taskId !== taskId || isFinal(notice.status)) continue
    if (status !== undefined) notice.status = status
    if (progress !== undefined) notice.progress = progress
  }
}

export const noticesSlice = createSlice({
  name: 'notices',
  initialState: [] as Notice[],
  reducers: {
    said: {
      reducer: (notices, { payload }: PayloadAction<Notice>) => push(notices, payload),
      prepare: (tone: 'success' | 'error' | 'info' | 'warning', header: string, text: string | null = null) => ({
        payload: { kind: 'message', id: `message-${header}`, tone, header, text } as Notice,
      }),
    },
    taskFiled: (notices, { payload }: PayloadAction<{ taskId: string; operation: string; status: TaskStatus }>) =>
      push(notices, { kind: 'task', id: `task-${payload.taskId}`, progress: null, ...payload }),
    /** From the live feed: moves the notice of a task on, if it is followed. A final state is never left again. */
    taskMoved: (
      notices,
      { payload }: PayloadAction<{ taskId: string; status?: TaskStatus | undefined; progress?: Counters | undefined }>,
    ) => {
      move(notices, payload.taskId, payload.status, payload.progress)
    },
    dismissed: (notices, { payload }: PayloadAction<string>) => notices.filter(({ id }) => id !== payload),
    allDismissed: () => [],
  },
  extraReducers: (builder) => {
    // A task may have moved between the answer to its filing and the first event that reached this page.
    builder.addMatcher(taskApi.endpoints.getTask.matchFulfilled, (notices, { payload: { id, status, progress } }) =>
      move(notices, id, status, progress),
    )
  },
})
export const { said, taskFiled, taskMoved, dismissed, allDismissed } = noticesSlice.actions
