import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { accountForecastKinds } from '#contracts/account-forecast.ts'
import type { AccountForecastKind } from '#contracts/account-forecast.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useListAccountsQuery } from '../resources/account-endpoints.ts'
import { sourceWords } from './account-forecast-words.ts'
import { CostMonths } from './CostMonths.tsx'
import { useGetAccountForecastQuery } from './endpoints.ts'
import { ForecastLineChart } from './ForecastLineChart.tsx'

const tabWords: Record<AccountForecastKind, string> = {
  cost: 'Costs',
  storage: 'Storage',
  concurrency: 'Concurrency',
  credits: 'CPU credits',
}

/** How whole accounts go on: what they cost and store, and what is left of their limits. Account and tab stand in the address. */
export const ForecastsPage = () => {
  const address = useListState()
  const { data: accounts, error } = useListAccountsQuery()
  const options = (accounts?.items ?? []).map(({ id, name }) => ({ value: id, label: name, description: id }))
  const chosen = options.find(({ value }) => value === address.get('account')) ?? options[0]
  const kind = accountForecastKinds.find((one) => one === address.get('kind')) ?? 'cost'
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Continued from the past of each; with the interval in which the value lies 95 times of 100."
          actions={
            <Select
              ariaLabel="Account"
              options={options}
              selectedOption={chosen ?? null}
              onChange={({ detail }) => address.set({ account: detail.selectedOption.value ?? '' })}
            />
          }
        >
          Forecasts
        </Header>
      }
    >
      {error !== undefined && <ProblemAlert error={error} />}
      {chosen !== undefined && (
        <Tabs
          ariaLabel="What is forecast"
          activeTabId={kind}
          onChange={({ detail }) => address.set({ kind: detail.activeTabId === 'cost' ? '' : detail.activeTabId })}
          tabs={accountForecastKinds.map((id) => ({
            id,
            label: tabWords[id],
            content: id === kind && <Forecast account={chosen.value} kind={id} />,
          }))}
        />
      )}
    </ContentLayout>
  )
}

const Forecast = ({ account, kind }: { account: string; kind: AccountForecastKind }) => {
  const { currentData, error } = useGetAccountForecastQuery({ account, kind })
  if (error !== undefined) return <ProblemAlert error={error} />
  if (currentData === undefined) return <PageLoading />
  const { lines, note, source, madeAt } = currentData
  return (
    <SpaceBetween size="l">
      {note !== null && <Alert type="info">{note}</Alert>}
      {kind === 'cost' && <CostMonths forecast={currentData} />}
      <ColumnLayout columns={2}>
        {lines.map((line) => (
          <ForecastLineChart key={`${line.name} ${line.region} ${line.resource?.id}`} line={line} />
        ))}
      </ColumnLayout>
      {lines.length === 0 && note === null && (
        <Box color="text-body-secondary">There is nothing of it in this account.</Box>
      )}
      <Second>
        Measured {sourceWords[source]}; forecast <Time iso={madeAt} />.
      </Second>
    </SpaceBetween>
  )
}
