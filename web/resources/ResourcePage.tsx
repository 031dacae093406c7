import { Suspense } from 'react'
import { useNavigate, useParams } from 'react-router'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import type { ResourceDetails } from '#contracts/inventory.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { useMay } from '../auth/permissions.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useListState } from '../design/use-list-state.ts'
import { shortId } from '../design/words.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { useListOperationsQuery } from '../tasks/endpoints.ts'
import { newTaskHref } from '../tasks/targets-in-url.ts'
import { actionItems } from './actions.ts'
import { useGetResourceQuery, useRefreshResourcesMutation } from './endpoints.ts'
import { FreshnessLabel, PartialWarning } from './FreshnessLabel.tsx'
import { resourceTabs } from './resource-tabs.tsx'

export const ResourcePage = () => {
  const { id = '' } = useParams()
  useLiveTopic('resources')
  const { data, error, refetch } = useGetResourceQuery(id)
  if (data === undefined && error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  return data === undefined ? <PageLoading /> : <Loaded resource={data} />
}

const Loaded = ({ resource }: { resource: ResourceDetails }) => {
  const address = useListState()
  const tabs = resourceTabs.filter(({ isFor }) => isFor?.(resource) ?? true)
  // A link may name a tab that this resource doesn't have.
  const tab = tabs.find(({ id }) => id === address.get('tab'))?.id ?? 'details'
  return (
    <ContentLayout header={<Top resource={resource} />}>
      <SpaceBetween size="l">
        <PartialWarning freshness={resource.freshness} />
        <Tabs
          ariaLabel="Parts of the resource"
          activeTabId={tab}
          onChange={({ detail }) => address.set({ tab: detail.activeTabId === 'details' ? '' : detail.activeTabId })}
          tabs={tabs.map(({ id, label, Content }) => ({
            id,
            label,
            content: (
              <Suspense fallback={<PageLoading />}>
                <Content resource={resource} />
              </Suspense>
            ),
          }))}
        />
      </SpaceBetween>
    </ContentLayout>
  )
}

const Top = ({ resource }: { resource: ResourceDetails }) => {
  const navigate = useNavigate()
  const mayCreate = useMay('task.create')
  const mayRefresh = useMay('resource.refresh')
  const { data: operations } = useListOperationsQuery()
  const [refresh, { isLoading, error }] = useRefreshResourcesMutation()
  const fitting =
    operations?.items.filter((each) => each.targetType === resource.type && each.targetsBy === 'resources') ?? []
  const begin = (operation: string): void => {
    const { to, state } = newTaskHref(operation, { ids: [resource.id] })
    void navigate(to, { state })
  }
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={<FreshnessLabel freshness={resource.freshness} />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {mayRefresh && (
              <Button iconName="refresh" loading={isLoading} onClick={() => void refresh({ ids: [resource.id] })}>
                Read from AWS
              </Button>
            )}
            {fitting.length > 0 && (
              <ButtonDropdown
                variant="primary"
                items={actionItems(fitting, { kind: 'rows', rows: [resource] }, mayCreate)}
                onItemClick={({ detail }) => begin(detail.id)}
              >
                Actions
              </ButtonDropdown>
            )}
          </SpaceBetween>
        }
      >
        {resource.name ?? shortId(resource.id)}
      </Header>
      {error !== undefined && <ProblemAlert error={error} />}
    </SpaceBetween>
  )
}
