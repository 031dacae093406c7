import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { ItemStatus, TaskStatus as Status } from '#contracts/task.ts'
import { itemLook, taskLook } from './task-status.ts'

export const TaskStatus = ({ status }: { status: Status }) => {
  const { type, word } = taskLook(status)
  return <StatusIndicator type={type}>{word}</StatusIndicator>
}

export const ItemStatusIndicator = ({ status }: { status: ItemStatus }) => {
  const { type, word } = itemLook(status)
  return <StatusIndicator type={type}>{word}</StatusIndicator>
}
