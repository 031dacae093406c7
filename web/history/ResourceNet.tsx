import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ResourceNet as Net } from '#contracts/net-changes.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Second } from '../design/Second.tsx'
import type { TimeRange } from '../design/time-range.ts'
import { Time } from '../design/Time.tsx'
import { TimeRangePicker } from '../design/TimeRangePicker.tsx'
import { counted } from '../design/words.ts'
import { netKindLooks } from './change-words.ts'
import { ChangeList } from './ChangeList.tsx'
import { useGetNetHistoryQuery } from './endpoints.ts'
import { compareLasts } from './spans.ts'
import { useEnds } from './use-ends.ts'

/** What is different in a resource between two times, all in all: what changed and changed back is not told. */
export const ResourceNet = ({
  id,
  range,
  onChange,
  onClose,
}: {
  id: string
  range: TimeRange
  onChange: (range: TimeRange) => void
  onClose: () => void
}) => {
  const { currentData: net, error, refetch } = useGetNetHistoryQuery({ id, ...useEnds(range) })
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <TimeRangePicker label="Times to compare" range={range} lasts={compareLasts} onChange={onChange} />
              <Button onClick={onClose}>Close</Button>
            </SpaceBetween>
          }
        >
          What is different
        </Header>
      }
    >
      {error !== undefined ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : net === undefined ? (
        <PageLoading />
      ) : (
        <Difference net={net} />
      )}
    </Container>
  )
}

const Difference = ({ net }: { net: Net }) => {
  const { word, color } = netKindLooks[net.kind]
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Badge color={color}>{word}</Badge>
        <Box>
          <Time iso={net.from} form="absolute" /> to <Time iso={net.to} form="absolute" />
        </Box>
      </SpaceBetween>
      {net.changes.length > 0 && <ChangeList changes={net.changes} />}
      <Second>
        {net.versions === 0 ? 'Nothing changed in between.' : `Sums up ${counted(net.versions, 'change')}.`}
        {net.knownSince !== null && (
          <>
            {' '}
            It was found in a first reading <Time iso={net.knownSince} form="absolute" />, and is compared with how it
            was then.
          </>
        )}
        {net.leftOut.length > 0 && ` Not kept: ${net.leftOut.join(', ')}.`}
      </Second>
    </SpaceBetween>
  )
}
