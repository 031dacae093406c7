import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'

/** The states that most types have, in AWS's words. */
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
  Active: 'success',
  active: 'success',
  completed: 'success',
  Pending: 'in-progress',
  provisioning: 'in-progress',
  Inactive: 'stopped',
  Failed: 'error',
  failed: 'error',
  OK: 'success',
  ALARM: 'error',
  INSUFFICIENT_DATA: 'pending',
}

export const ResourceState = ({ state }: { state: string | null }) =>
  state === null ? <>–</> : <StatusIndicator type={types[state] ?? 'info'}>{state}</StatusIndicator>
