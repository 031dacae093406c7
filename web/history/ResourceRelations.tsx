import Alert from '@cloudscape-design/components/alert'
import Badge from '@cloudscape-design/components/badge'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ResourceDetails } from '#contracts/inventory.ts'
import type { Relations } from '#contracts/relations.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { PagedTable } from '../design/PagedTable.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useListState } from '../design/use-list-state.ts'
import { counted, fieldWords, shortId, usd } from '../design/words.ts'
import { ResourceState } from '../resources/ResourceState.tsx'
import { resourceHref } from '../tasks/PlanTargets.tsx'
import { useGetNeighboursQuery } from './endpoints.ts'
import { RelationGraph } from './RelationGraph.tsx'
import './history.css'

const depths = [1, 2, 3]

/** What hangs together with a resource: a picture, a list, who owns it, and what is not known here. */
export const ResourceRelations = ({ resource }: { resource: ResourceDetails }) => {
  const list = useListState()
  const depth = depths.find((each) => String(each) === list.get('depth')) ?? 1
  const { currentData: data, error, refetch } = useGetNeighboursQuery({ id: resource.id, depth })
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <PageLoading />
  return (
    <SpaceBetween size="l">
      {data.owners.length > 0 && <Owners owners={data.owners} />}
      <Container
        header={
          <Header
            variant="h2"
            counter={`(${data.items.length}${data.isCut ? '+' : ''})`}
            actions={
              <SegmentedControl
                label="Steps"
                selectedId={String(depth)}
                onChange={({ detail }) => list.set({ depth: detail.selectedId === '1' ? '' : detail.selectedId })}
                options={depths.map((each) => ({ id: String(each), text: counted(each, 'step') }))}
              />
            }
            {...(depth > 1 && {
              description: 'The way doesn’t go on from what many share: networks, images, keys, roles.',
            })}
          >
            Related resources
          </Header>
        }
      >
        {data.items.length === 0 ? (
          'Nothing is known to be related.'
        ) : (
          <RelationGraph
            root={{ id: resource.id, name: resource.name ?? shortId(resource.id), type: resource.type }}
            relations={data}
          />
        )}
      </Container>
      {data.items.length > 0 && <RelationList items={data.items} />}
      {data.unresolved.length > 0 && <Unresolved unresolved={data.unresolved} />}
    </SpaceBetween>
  )
}

const RelationList = ({ items }: Pick<Relations, 'items'>) => (
  <PagedTable
    title="List"
    rows={items}
    rowId={({ resource }) => resource.id}
    textOf={({ kind, resource }) => `${kind} ${resource.name ?? ''} ${resource.id}`}
    empty="Nothing is known to be related."
    columns={[
      { id: 'kind', header: 'Relation', cell: ({ kind }) => fieldWords(kind) },
      {
        id: 'name',
        header: 'Resource',
        isRowHeader: true,
        cell: ({ resource }) => <Link href={resourceHref(resource.id)}>{resource.name ?? shortId(resource.id)}</Link>,
      },
      { id: 'type', header: 'Type', cell: ({ resource }) => resource.type },
      { id: 'state', header: 'State', cell: ({ resource }) => <ResourceState state={resource.state} /> },
      { id: 'depth', header: 'Steps', cell: ({ depth }) => depth },
      {
        id: 'cost',
        header: 'Cost a month',
        cell: ({ resource: { cost } }) => (cost === null ? 'not known' : usd(cost.monthlyUsd)),
      },
    ]}
  />
)

const ownerWords = {
  cloudformation: 'CloudFormation stack',
  cdk: 'CDK',
  terraform: 'Terraform',
  'auto-scaling': 'Auto Scaling group',
  eks: 'EKS cluster',
  kubernetes: 'Kubernetes cluster',
  ecs: 'ECS cluster',
  beanstalk: 'Elastic Beanstalk environment',
} as const

const Owners = ({ owners }: Pick<Relations, 'owners'>) => (
  <Alert type="info" header="It is looked after by something else">
    <SpaceBetween size="xxs">
      {owners.map(({ kind, id, evidence }) => (
        <div key={`${kind} ${id}`}>
          <Badge>{ownerWords[kind]}</Badge> {id} <small>({evidence})</small>
        </div>
      ))}
      <span>What is changed here may be set back there: change it there.</span>
    </SpaceBetween>
  </Alert>
)

const Unresolved = ({ unresolved }: Pick<Relations, 'unresolved'>) => (
  <ExpandableSection
    variant="container"
    headerText={`Not in the inventory (${unresolved.length})`}
    headerDescription="Of another account, public, or gone."
  >
    <ul>
      {unresolved.map(({ kind, id, type, from }) => (
        <li key={`${from} ${kind} ${id}`} className="history-change">
          {fieldWords(kind)}: {shortId(id)} ({type})
        </li>
      ))}
    </ul>
  </ExpandableSection>
)
