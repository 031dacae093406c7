import ProgressBar from '@cloudscape-design/components/progress-bar'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Quota } from '#contracts/queue.ts'
import { Second } from '../../design/Second.tsx'
import { Time } from '../../design/Time.tsx'
import { count, counted } from '../../design/words.ts'
import { AccountName } from '../../resources/AccountName.tsx'
import { QueueTable } from './QueueTable.tsx'

const percent = (share: number): string => `${Math.round(share * 100)} %`
const oneDecimal = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 })

const Pace = ({ pace, throttledAt }: Quota) =>
  pace >= 0.995 ? (
    <StatusIndicator type="success">full</StatusIndicator>
  ) : (
    <>
      <StatusIndicator type="warning">{percent(pace)}</StatusIndicator>
      {throttledAt !== null && (
        <Second>
          throttled <Time iso={throttledAt} />
        </Second>
      )}
    </>
  )

const Learned = ({ learned }: Quota) =>
  learned === null ? (
    <>–</>
  ) : (
    <>
      {percent(learned.refillShare)} of the refill, {percent(learned.capacityShare)} of the capacity
      <Second>
        {learned.why}, <Time iso={learned.at} />
      </Second>
    </>
  )

const Waiting = ({ waiting: { interactive, bulk } }: Quota) =>
  interactive + bulk === 0 ? (
    <>–</>
  ) : (
    <>
      {counted(interactive + bulk, 'call')}
      {interactive > 0 && <Second>{count(interactive)} interactive</Second>}
    </>
  )

const columns: readonly TableProps.ColumnDefinition<Quota>[] = [
  { id: 'bucket', header: 'Bucket', isRowHeader: true, cell: ({ bucket }) => bucket, minWidth: 200 },
  { id: 'account', header: 'Account', cell: ({ account }) => <AccountName id={account} />, minWidth: 130 },
  { id: 'region', header: 'Region', cell: ({ region }) => region, minWidth: 125 },
  {
    id: 'tokens',
    header: 'Tokens',
    cell: ({ bucket, tokens, capacity }) => (
      <ProgressBar
        value={capacity === 0 ? 0 : Math.min(100, (tokens / capacity) * 100)}
        ariaLabel={`Tokens of ${bucket}`}
        additionalInfo={`${count(Math.floor(tokens))} of ${oneDecimal(capacity)}`}
      />
    ),
    minWidth: 160,
  },
  { id: 'refill', header: 'Refill a second', cell: ({ refillPerSecond }) => oneDecimal(refillPerSecond) },
  { id: 'pace', header: 'Pace', cell: Pace, minWidth: 110 },
  { id: 'learned', header: 'Learned', cell: Learned, minWidth: 180 },
  { id: 'waiting', header: 'Waiting', cell: Waiting },
]

/** The token buckets of AWS's APIs that all processes share. */
export const QuotasTable = () => (
  <QueueTable
    title="Quotas"
    what="quotas"
    description="What AWS allows each account and Region, shared by all workers. Slowed down by throttles, restored by successes."
    rowsOf={({ quotas }) => quotas}
    columns={columns}
    rowId={({ account, region, bucket }) => `${account} ${region} ${bucket}`}
    textOf={({ account, region, bucket }) => `${account} ${region} ${bucket}`}
    nothing="Nothing was asked of AWS in the last ten minutes."
  />
)
