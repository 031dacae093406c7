import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { BreakersTable } from './queue/BreakersTable.tsx'
import { QueueCounts } from './queue/QueueCounts.tsx'
import { QuotasTable } from './queue/QuotasTable.tsx'
import { StuckTable } from './queue/StuckTable.tsx'
import { WorkersTable } from './queue/WorkersTable.tsx'

/** How busy the task engine is and what it waits for: stuck tasks, workers, quotas of AWS, services that don't answer. */
export const QueuePage = () => (
  <ContentLayout
    header={
      <Header variant="h1" description="Read again every 3 seconds.">
        Queue
      </Header>
    }
  >
    <SpaceBetween size="l">
      <QueueCounts />
      <StuckTable />
      <BreakersTable />
      <QuotasTable />
      <WorkersTable />
    </SpaceBetween>
  </ContentLayout>
)
