import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { AsOf } from '#contracts/history.ts'
import type { ResourceDetails } from '#contracts/inventory.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { CodeBlock } from '../design/CodeBlock.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Time } from '../design/Time.tsx'
import { fieldWords, valueWords } from '../design/words.ts'
import { ResourceState } from '../resources/ResourceState.tsx'
import { useGetResourceAtQuery } from './endpoints.ts'

/** How a resource was at a moment, rebuilt from its changes. */
export const StateThen = ({ id, at, onClose }: { id: string; at: string; onClose: () => void }) => {
  const { currentData: then, error } = useGetResourceAtQuery({ id, at })
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={onClose}>Close</Button>}>
          How it was <Time iso={at} form="absolute" />
        </Header>
      }
    >
      {error !== undefined ? (
        <ProblemAlert error={error} />
      ) : then === undefined ? (
        <PageLoading />
      ) : (
        <Then then={then} />
      )}
    </Container>
  )
}

const Then = ({ then }: { then: ResourceDetails & { asOf: AsOf } }) => {
  const { validFrom, validUntil, leftOut } = then.asOf
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={4}
        minColumnWidth={180}
        items={[
          { label: 'Name', value: then.name ?? '–' },
          { label: 'State', value: <ResourceState state={then.state} /> },
          {
            label: 'Like this from',
            value: validFrom === null ? 'before what is known' : <Time iso={validFrom} form="absolute" />,
          },
          { label: 'Until', value: validUntil === null ? 'now' : <Time iso={validUntil} form="absolute" /> },
          ...Object.entries(then.summary)
            .filter(([, value]) => typeof value !== 'object')
            .map(([field, value]) => ({ label: fieldWords(field), value: valueWords(value) })),
          {
            label: 'Tags',
            value:
              Object.entries(then.tags)
                .map(([key, value]) => `${key}=${value}`)
                .join(', ') || '–',
          },
          { label: 'Not kept', value: leftOut.join(', ') },
        ]}
      />
      <CodeBlock label="Configuration then" text={JSON.stringify(then.config, null, 2)} />
    </SpaceBetween>
  )
}
