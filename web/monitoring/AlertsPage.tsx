import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Tabs from '@cloudscape-design/components/tabs'
import { useListState } from '../design/use-list-state.ts'
import { AlertsTable } from './AlertsTable.tsx'
import { ChannelsTable } from './ChannelsTable.tsx'

/** What needs somebody's eyes, and where word of it is sent. */
export const AlertsPage = () => {
  const address = useListState()
  const tab = address.get('tab') || 'alerts'
  return (
    <ContentLayout header={<Header variant="h1">Alerts</Header>}>
      <Tabs
        ariaLabel="Alerts and their channels"
        activeTabId={tab}
        onChange={({ detail }) =>
          address.set({ tab: detail.activeTabId === 'alerts' ? '' : detail.activeTabId, status: '', severity: '' })
        }
        tabs={[
          { id: 'alerts', label: 'Alerts', content: <AlertsTable /> },
          { id: 'channels', label: 'Notification channels', content: <ChannelsTable /> },
        ]}
      />
    </ContentLayout>
  )
}
