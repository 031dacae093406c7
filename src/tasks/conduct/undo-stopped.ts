import { AppError } from '#platform/app-error.ts'
import type { Principal } from '#contracts/principal.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { TaskRecord } from '../store/shapes.ts'

/**
 * Files the undo of a task that used up its budget, as its plan said, in the name of who requested it and with the rights that
 * they have now. Says why where that is impossible for good; what may pass is thrown and tried again.
 */
export const undoStopped = async (
  deps: {
    principalOf: (userId: string) => Promise<Principal | null>
    undo: (input: { principal: Principal; taskId: string; reason: string; requestId: string }) => Promise<unknown>
  },
  task: TaskRecord,
): Promise<string | null> => {
  const { id, requested_by: requester } = task
  const principal = await deps.principalOf(requester.id)
  if (principal === null) return `${requester.email}, who requested it, has no active user any more.`
  try {
    const reason = `Task ${id} used up its error budget; its plan asks for what was done to be taken back.`
    await deps.undo({ principal, taskId: id, reason, requestId: uuidv7() })
    return null
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return error.message
    throw error
  }
}
