import { useState } from 'react'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { AccountForecast } from '#contracts/account-forecast.ts'
import { useMay } from '../auth/permissions.ts'
import { usd } from '../design/words.ts'
import { budgetWords, monthWords, sumWords } from './account-forecast-words.ts'
import { AnomalyList } from './AnomalyList.tsx'
import { BudgetModal } from './BudgetModal.tsx'
import { useListCostAnomaliesQuery, useRemoveBudgetMutation } from './endpoints.ts'

/** What this month and the next one cost at their ends, against the budget, and what ran away. */
export const CostMonths = ({ forecast }: { forecast: AccountForecast }) => {
  const { account, months, budget } = forecast
  const mayManage = useMay('recommendation.manage')
  const [isEditing, setEditing] = useState(false)
  const [remove, removing] = useRemoveBudgetMutation()
  const { data: anomalies } = useListCostAnomaliesQuery(account)
  const [present, next] = months
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            actions={
              mayManage && (
                <SpaceBetween direction="horizontal" size="xs">
                  {budget !== null && (
                    <Button loading={removing.isLoading} onClick={() => void remove(account)}>
                      Remove the budget
                    </Button>
                  )}
                  <Button onClick={() => setEditing(true)}>
                    {budget === null ? 'Set a budget' : 'Change the budget'}
                  </Button>
                </SpaceBetween>
              )
            }
          >
            At the end of the month
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            ...months.map((month) => ({ label: monthWords(month.month), value: sumWords(month) })),
            {
              label: 'Budget',
              value: budget === null ? 'none' : `${usd(budget.monthlyUsd)} a month`,
            },
          ]}
        />
        {months.map((month) => {
          const words = budgetWords(month)
          if (words === null) return null
          const isPassed = month.passed?.status === 'reached' || month.passed?.status === 'expected'
          return (
            <div key={month.month}>
              <StatusIndicator type={isPassed ? 'warning' : 'success'}>
                {monthWords(month.month)}: {words}
              </StatusIndicator>
            </div>
          )
        })}
      </Container>
      {anomalies !== undefined && anomalies.items.length > 0 && (
        <Container header={<Header variant="h2">What cost more than usual</Header>}>
          <SpaceBetween size="m">
            {anomalies.items.map((one) => (
              <div key={one.id}>
                <Header variant="h3">{one.resource.name ?? one.resource.id}</Header>
                <AnomalyList anomalies={[one]} format={(value) => `${usd(value)} a day`} />
              </div>
            ))}
          </SpaceBetween>
        </Container>
      )}
      {present !== undefined && present.services.length > 0 && (
        <Table
          header={<Header variant="h2">By service</Header>}
          wrapLines
          items={present.services}
          trackBy="service"
          ariaLabels={{ tableLabel: 'Costs by service' }}
          columnDefinitions={columnsOf(present, next)}
        />
      )}
      {isEditing && (
        <BudgetModal account={account} monthlyUsd={budget?.monthlyUsd ?? null} onClose={() => setEditing(false)} />
      )}
    </SpaceBetween>
  )
}

type Month = AccountForecast['months'][number]

const columnsOf = (
  present: Month,
  next: Month | undefined,
): TableProps.ColumnDefinition<Month['services'][number]>[] => [
  { id: 'service', header: 'Service', isRowHeader: true, minWidth: 180, cell: ({ service }) => service },
  { id: 'present', header: monthWords(present.month), minWidth: 220, cell: (sum) => sumWords(sum) },
  {
    id: 'next',
    header: next === undefined ? '' : monthWords(next.month),
    minWidth: 220,
    cell: ({ service }) => {
      const sum = next?.services.find((one) => one.service === service)
      return sum === undefined ? '' : sumWords(sum)
    },
  },
]
