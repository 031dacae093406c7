import { useEffect, useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import DateInput from '@cloudscape-design/components/date-input'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import TimeInput from '@cloudscape-design/components/time-input'
import { missedRunsSchema, overlapSchema } from '#contracts/schedule.ts'
import { apiErrorOf } from '../api/problem.ts'
import { isMoment, timesOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { usePreviewTimesQuery } from './endpoints.ts'
import { cronWords, missedWords } from './schedule-words.ts'
import { zoneOptions } from './zones.ts'

const missedOptions = missedRunsSchema.options.map((value) => ({ value, label: missedWords[value] }))
const overlapOptions = [
  { value: 'skip', label: 'Leave the run out' },
  { value: 'allow', label: 'Run beside it' },
]

/** When it runs, with the next times as the server has them. */
export const TimesForm = ({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) => {
  const [day = '', time = ''] = draft.at.split('T')
  return (
    <Container header={<Header variant="h2">When</Header>}>
      <SpaceBetween size="l">
        <RadioGroup
          ariaLabel="How often"
          value={draft.kind}
          items={[
            { value: 'cron', label: 'Again and again' },
            { value: 'at', label: 'Once' },
          ]}
          onChange={({ detail }) => onChange({ kind: detail.value === 'at' ? 'at' : 'cron' })}
        />
        {draft.kind === 'cron' ? (
          <SpaceBetween size="l">
            <CronField draft={draft} onChange={onChange} />
            <FormField label="Days to leave out – optional" description="Holidays as yyyy-mm-dd, one a line.">
              <Textarea
                value={draft.skipDates}
                rows={2}
                placeholder="2026-12-25"
                onChange={({ detail }) => onChange({ skipDates: detail.value })}
              />
            </FormField>
          </SpaceBetween>
        ) : (
          <FormField label="At" description="In your own time zone.">
            <SpaceBetween direction="horizontal" size="xs">
              <DateInput
                ariaLabel="Date"
                value={day}
                placeholder="YYYY/MM/DD"
                onChange={({ detail }) => onChange({ at: `${detail.value}T${time}` })}
              />
              <TimeInput
                ariaLabel="Time"
                value={time}
                format="hh:mm"
                placeholder="hh:mm"
                onChange={({ detail }) => onChange({ at: `${day}T${detail.value}` })}
              />
            </SpaceBetween>
          </FormField>
        )}
        <NextRuns draft={draft} />
        <FormField label="When runs were missed" description="Because nobody was there to run them in time.">
          <Select
            options={missedOptions}
            selectedOption={missedOptions.find(({ value }) => value === draft.missedRuns) ?? null}
            onChange={({ detail }) => onChange({ missedRuns: missedRunsSchema.parse(detail.selectedOption.value) })}
          />
        </FormField>
        <FormField label="While the task before is not over">
          <Select
            options={overlapOptions}
            selectedOption={overlapOptions.find(({ value }) => value === draft.overlap) ?? null}
            onChange={({ detail }) => onChange({ overlap: overlapSchema.parse(detail.selectedOption.value) })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  )
}

const CronField = ({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) => {
  const words = cronWords(draft.cron)
  return (
    <SpaceBetween size="l">
      <FormField
        label="Cron expression"
        description="Minute, hour, day of the month, month, day of the week."
        constraintText={words === null ? 'Not complete yet.' : words}
      >
        <Input value={draft.cron} spellcheck={false} onChange={({ detail }) => onChange({ cron: detail.value })} />
      </FormField>
      <FormField label="Time zone">
        <Select
          options={zoneOptions}
          selectedOption={{ value: draft.timeZone, label: draft.timeZone }}
          filteringType="auto"
          onChange={({ detail }) => onChange({ timeZone: detail.selectedOption.value ?? 'UTC' })}
        />
      </FormField>
    </SpaceBetween>
  )
}

const NextRuns = ({ draft }: { draft: Draft }) => {
  // Asked when somebody has stopped typing for a moment.
  const now = JSON.stringify(timesOf(draft))
  const [asked, setAsked] = useState(now)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(now), 350)
    return () => clearTimeout(timer)
  }, [now])
  const times = JSON.parse(asked) as ReturnType<typeof timesOf> // our own text
  const isComplete = draft.kind === 'cron' ? cronWords(draft.cron) !== null : isMoment(draft.at)
  const { currentData, error } = usePreviewTimesQuery(times, { skip: !isComplete })
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: draft.timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  return (
    <FormField label="Next runs" errorText={isComplete && error !== undefined ? apiErrorOf(error).detail : ''}>
      <div role="status" aria-label="Next runs">
        {!isComplete || currentData === undefined ? (
          <Box color="text-body-secondary">–</Box>
        ) : (
          currentData.runs.map((run) => <div key={run}>{format.format(new Date(run))}</div>)
        )}
      </div>
    </FormField>
  )
}
