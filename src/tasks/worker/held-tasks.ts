import type { ClaimedItem } from '../store/claim-items.ts'

/** The tasks of the items in a worker's hands, and what somebody decided about them meanwhile. */
export const createHeldTasks = () => {
  const counts = new Map<string, number>()
  const cancelling = new Set<string>()
  const paused = new Set<string>()
  return {
    hold: (items: readonly Pick<ClaimedItem, 'taskId' | 'taskStatus'>[]): void => {
      for (const { taskId, taskStatus } of items) {
        counts.set(taskId, (counts.get(taskId) ?? 0) + 1)
        if (taskStatus === 'cancelling') cancelling.add(taskId)
        // It was resumed, or it could not have been claimed.
        if (taskStatus !== 'paused') paused.delete(taskId)
      }
    },
    letGo: (items: readonly Pick<ClaimedItem, 'taskId'>[]): void => {
      for (const { taskId } of items) {
        const left = (counts.get(taskId) ?? 1) - 1
        if (left > 0) counts.set(taskId, left)
        else {
          counts.delete(taskId)
          cancelling.delete(taskId)
          paused.delete(taskId)
        }
      }
    },
    /** Of a task that is not held it is no news. */
    cancel: (taskId: string): void => {
      if (counts.has(taskId)) cancelling.add(taskId)
    },
    pause: (taskId: string): void => {
      if (counts.has(taskId)) paused.add(taskId)
    },
    isCancelling: (taskId: string): boolean => cancelling.has(taskId),
    isPaused: (taskId: string): boolean => paused.has(taskId),
    ids: (): string[] => [...counts.keys()],
  }
}
