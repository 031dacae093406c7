import type { TaskWebhookEvent } from '#contracts/alert.ts'

export const taskEventWords: Record<TaskWebhookEvent, string> = {
  'task.created': 'Created',
  'task.awaiting_approval': 'Awaits approval',
  'task.started': 'Started',
  'task.drifted': 'A target had drifted',
  'task.finished': 'Finished, however it ended',
  'task.failed': 'Failed, wholly or partly',
  'task.approval_expired': 'Approval did not come in time',
}
