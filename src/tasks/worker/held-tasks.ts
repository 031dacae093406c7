import type { ClaimedItem } from '../store/claim-items.ts'

/** The tasks of the items in a worker's hands, and which of them somebody is cancelling. */
export const createHeldTasks = () => {
  const counts = new Map<string, number>()
  const cancelling = new Set<string>()
  return {
    hold: (items: readonly Pick<ClaimedItem, 'taskId' | 'taskStatus'>[]): void => {
      for (const { taskId, taskStatus } of items) {
        counts.set(taskId, (counts.get(taskId) ?? 0) + 1)
        if (taskStatus === 'cancelling') cancelling.add(taskId)
      }
    },
    letGo: (items: readonly Pick<ClaimedItem, 'taskId'>[]): void => {
      for (const { taskId } of items) {
        const left = (counts.get(taskId) ?? 1) - 1
        if (left > 0) counts.set(taskId, left)
        else {
          counts.delete(taskId)
          cancelling.delete(taskId)
        }
      }
    },
    /** Of a task that is not held it is no news. */
    cancel: (taskId: string): void => {
      if (counts.has(taskId)) cancelling.add(taskId)
    },
    isCancelling: (taskId: string): boolean => cancelling.has(taskId),
    ids: (): string[] => [...counts.keys()],
  }
}
