import { useEffect, useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { previewedDays } from '#contracts/on-off-plan.ts'
import type { OnOffPlan } from '#contracts/on-off-plan.ts'
import { apiErrorOf } from '../api/problem.ts'
import { bodyOf, timesOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { useEstimateOnOffMutation, usePreviewOnOffQuery } from './endpoints.ts'
import { hoursWords, usdWords } from './on-off-words.ts'

/** What it would do in the next days, as the server has it, and what it would save. */
export const OnOffPreview = (props: { draft: Draft; plan: OnOffPlan | null; isComplete: boolean }) => (
  <Container header={<Header variant="h2">What comes of it</Header>}>
    <ColumnLayout columns={2}>
      <NextDays {...props} />
      <WhatItSaves {...props} />
    </ColumnLayout>
  </Container>
)

const NextDays = ({ draft, isComplete }: { draft: Draft; isComplete: boolean }) => {
  // Asked when somebody has stopped typing for a moment.
  const now = JSON.stringify(timesOf(draft))
  const [asked, setAsked] = useState(now)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(now), 350)
    return () => clearTimeout(timer)
  }, [now])
  const times = JSON.parse(asked) as ReturnType<typeof timesOf> // our own text
  const { currentData, error } = usePreviewOnOffQuery(times, { skip: !isComplete || asked !== now })
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: draft.timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  return (
    <FormField
      label={`The next ${previewedDays} days`}
      errorText={isComplete && error !== undefined ? apiErrorOf(error).detail : ''}
    >
      <div role="status" aria-label={`The next ${previewedDays} days`}>
        {!isComplete || currentData === undefined ? (
          <Box color="text-body-secondary">–</Box>
        ) : currentData.changes.length === 0 ? (
          'Nothing'
        ) : (
          currentData.changes.map(({ at, to }) => (
            <div key={at}>
              <StatusIndicator type={to === 'off' ? 'stopped' : 'success'}>
                {format.format(new Date(at))}: {to}
              </StatusIndicator>
            </div>
          ))
        )}
      </div>
    </FormField>
  )
}

const WhatItSaves = ({ draft, plan, isComplete }: { draft: Draft; plan: OnOffPlan | null; isComplete: boolean }) => {
  const [estimate, { data, error, isLoading, originalArgs }] = useEstimateOnOffMutation()
  const { name: _name, ...wanted } = bodyOf(draft, plan)
  // An estimate of something else is none.
  const savings = JSON.stringify(originalArgs) === JSON.stringify(wanted) ? data?.savings : undefined
  return (
    <FormField
      label="Saves a month, about"
      description="By approximate list prices, for what runs now."
      errorText={error === undefined ? '' : apiErrorOf(error).detail}
    >
      <div role="status" aria-label="Saves a month">
        {savings == null ? (
          <Box color="text-body-secondary">–</Box>
        ) : (
          <>
            <Box fontSize="heading-l" fontWeight="bold">
              {usdWords(savings)}
            </Box>
            <Box color="text-body-secondary">{savings.why ?? hoursWords(savings)}</Box>
          </>
        )}
      </div>
      <Box margin={{ top: 'xs' }}>
        <Button
          formAction="none"
          loading={isLoading}
          disabled={!isComplete || draft.targets.trim() === ''}
          onClick={() => void estimate(wanted)}
        >
          Estimate
        </Button>
      </Box>
    </FormField>
  )
}
