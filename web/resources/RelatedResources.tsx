import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Table from '@cloudscape-design/components/table'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { fieldWords, shortId, usd, valueWords } from '../design/words.ts'
import { resourceHref } from '../tasks/PlanTargets.tsx'
import { useGetRelationsQuery } from './endpoints.ts'
import { ResourceState } from './ResourceState.tsx'

/** What hangs together with a resource: an instance and its volumes. */
export const RelatedResources = ({ id }: { id: string }) => {
  const { data, isLoading, error, refetch } = useGetRelationsQuery(id)
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  return (
    <Table
      items={data?.items ?? []}
      loading={isLoading}
      loadingText="Loading related resources"
      ariaLabels={{ tableLabel: 'Related resources' }}
      header={
        <Header variant="h2" {...(data !== undefined && { counter: `(${data.items.length})` })}>
          Related resources
        </Header>
      }
      empty="Nothing is known to be related."
      columnDefinitions={[
        { id: 'kind', header: 'Relation', cell: ({ kind }) => fieldWords(kind) },
        {
          id: 'name',
          header: 'Resource',
          isRowHeader: true,
          cell: ({ resource }) => <Link href={resourceHref(resource.id)}>{resource.name ?? shortId(resource.id)}</Link>,
        },
        { id: 'id', header: 'Id', cell: ({ resource }) => shortId(resource.id) },
        { id: 'type', header: 'Type', cell: ({ resource }) => resource.type },
        { id: 'state', header: 'State', cell: ({ resource }) => <ResourceState state={resource.state} /> },
        {
          id: 'size',
          header: 'Size',
          cell: ({ resource: { summary } }) =>
            typeof summary['sizeGib'] === 'number' ? `${summary['sizeGib']} GiB` : valueWords(summary['instanceType']),
        },
        {
          id: 'cost',
          header: 'Cost a month',
          cell: ({ resource: { cost } }) => (cost === null ? 'not known' : usd(cost.monthlyUsd)),
        },
      ]}
    />
  )
}
