import { useSyncExternalStore } from 'react'
import Alert from '@cloudscape-design/components/alert'

const subscribe = (onChange: () => void): (() => void) => {
  window.addEventListener('online', onChange)
  window.addEventListener('offline', onChange)
  return () => {
    window.removeEventListener('online', onChange)
    window.removeEventListener('offline', onChange)
  }
}

export const OfflineAlert = () => {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine)
  if (isOnline) return null
  return (
    <Alert type="warning" header="You are offline">
      What you see may be old. Changes can’t be sent until the connection is back; tasks that were accepted go on
      without you.
    </Alert>
  )
}
