import { createSlice } from '@reduxjs/toolkit'
import type { PayloadAction } from '@reduxjs/toolkit'
import { isFinal } from '#contracts/task.ts'
import type { Progress, TaskStatus } from '#contracts/task.ts'

/** What the bar at the top of the page says: something that happened, or a task that this user filed and follows. */
export type Notice =
  | { kind: 'message'; id: string; tone: 'success' | 'error' | 'info' | 'warning'; header: string; text: string | null }
  | { kind: 'task'; id: string; taskId: string; operation: string; status: TaskStatus; progress: Progress | null }

/** More than this hides the page; the oldest goes first. */
const mostNotices = 5

const push = (notices: Notice[], notice: Notice): Notice[] => [notice, ...notices.filter(({ id }) => id !== notice.id)].slice(0, mostNotices)

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
    taskMoved: (notices, { payload }: PayloadAction<{ taskId: string; status?: TaskStatus | undefined; progress?: Progress | undefined }>) => {
      for (const notice of notices) {
        if (notice.kind !== 'task' || notice.taskId !== payload.taskId || isFinal(notice.status)) continue
        if (payload.status !== undefined) notice.status = payload.status
        if (payload.progress !== undefined) notice.progress = payload.progress
      }
    },
    dismissed: (notices, { payload }: PayloadAction<string>) => notices.filter(({ id }) => id !== payload),
    allDismissed: () => [],
  },
})
export const { said, taskFiled, taskMoved, dismissed, allDismissed } = noticesSlice.actions
