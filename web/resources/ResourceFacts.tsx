import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import type { Resource } from '#contracts/resource.ts'
import { Copy } from '../design/Copy.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { fieldWords, naturally, shortId, usd } from '../design/words.ts'
import { AccountName } from './AccountName.tsx'
import { ResourceState } from './ResourceState.tsx'
import { SummaryValue } from './SummaryValue.tsx'

/** What is known of a resource of any type: who and where it is, its summary and its tags. */
export const ResourceFacts = ({ resource }: { resource: Resource }) => (
  <SpaceBetween size="l">
    <Container header={<Header variant="h2">Overview</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={4}
          minColumnWidth={200}
          items={[
            { label: 'State', value: <ResourceState state={resource.state} /> },
            { label: 'Id', value: <Copy text={shortId(resource.id)} what="id" /> },
            {
              label: 'Type',
              value: <Link href={`/resources?type=${encodeURIComponent(resource.type)}`}>{resource.type}</Link>,
            },
            { label: 'Cost a month', value: <Cost resource={resource} /> },
            {
              label: 'Account',
              value: (
                <>
                  <AccountName id={resource.account} /> <Copy text={resource.account} what="account id" />
                </>
              ),
            },
            { label: 'Region', value: resource.region },
            { label: 'First seen', value: <Time iso={resource.firstSeenAt} /> },
            { label: 'Last seen', value: <Time iso={resource.lastSeenAt} /> },
          ]}
        />
        <KeyValuePairs items={[{ label: 'ARN', value: <Copy text={resource.id} what="ARN" /> }]} />
      </SpaceBetween>
    </Container>
    <Container header={<Header variant="h2">Summary</Header>}>
      <KeyValuePairs
        columns={4}
        minColumnWidth={200}
        items={Object.entries(resource.summary).map(([name, value]) => ({
          label: fieldWords(name),
          value: <SummaryValue name={name} value={value} form="both" />,
        }))}
      />
    </Container>
    <Table
      items={Object.entries(resource.tags).toSorted(([a], [b]) => naturally(a, b))}
      columnDefinitions={[
        { id: 'key', header: 'Key', cell: ([key]) => key, isRowHeader: true },
        { id: 'value', header: 'Value', cell: ([, value]) => (value === '' ? '–' : value) },
      ]}
      ariaLabels={{ tableLabel: 'Tags' }}
      header={
        <Header variant="h2" counter={`(${Object.keys(resource.tags).length})`}>
          Tags
        </Header>
      }
      empty="No tags."
    />
  </SpaceBetween>
)

const Cost = ({ resource: { cost } }: { resource: Resource }) =>
  cost === null ? (
    <>not known</>
  ) : (
    <>
      {usd(cost.monthlyUsd)}
      <Second>{cost.source}</Second>
    </>
  )
