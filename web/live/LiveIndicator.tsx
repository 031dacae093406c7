import LiveRegion from '@cloudscape-design/components/live-region'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useAppSelector } from '../app/store.ts'

const looks = {
  off: { type: 'stopped', words: 'Live updates off' },
  connecting: { type: 'in-progress', words: 'Connecting' },
  live: { type: 'success', words: 'Live' },
  retrying: { type: 'warning', words: 'Reconnecting; may be out of date' },
} as const

/** Whether what is on screen follows the server by itself. */
export const LiveIndicator = () => {
  const { type, words } = looks[useAppSelector((state) => state.live.connection)]
  return (
    <LiveRegion>
      <StatusIndicator type={type}>{words}</StatusIndicator>
    </LiveRegion>
  )
}
