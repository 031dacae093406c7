import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'

/** The states of EC2 instances, volumes and alarms, in AWS's words. */
const types: Record<string, StatusIndicatorProps.Type> = {
  running: 'success',
  'in-use': 'success',
  available: 'success',
  stopped: 'stopped',
  terminated: 'stopped',
  deleted: 'stopped',
  pending: 'in-progress',
  stopping: 'in-progress',
  'shutting-down': 'in-progress',
  creating: 'in-progress',
  deleting: 'in-progress',
  error: 'error',
  OK: 'success',
  ALARM: 'error',
  INSUFFICIENT_DATA: 'pending',
}

export const ResourceState = ({ state }: { state: string | null }) =>
  state === null ? <>–</> : <StatusIndicator type={types[state] ?? 'info'}>{state}</StatusIndicator>
