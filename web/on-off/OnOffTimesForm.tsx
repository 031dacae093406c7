import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Multiselect from '@cloudscape-design/components/multiselect'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import TimeInput from '@cloudscape-design/components/time-input'
import { weekDays } from '#contracts/on-off-plan.ts'
import { zoneOptions } from '../schedules/zones.ts'
import type { Draft } from './draft.ts'
import { dayWords } from './on-off-words.ts'

const dayOptions = weekDays.map((value) => ({ value, label: dayWords[value] }))

/** On which days, and when on them. */
export const OnOffTimesForm = (props: { draft: Draft; problem: string; onChange: (part: Partial<Draft>) => void }) => {
  const { draft, problem, onChange } = props
  return (
    <Container header={<Header variant="h2">When</Header>}>
      <SpaceBetween size="l">
        <FormField label="Days" errorText={problem}>
          <Multiselect
            options={dayOptions}
            selectedOptions={dayOptions.filter(({ value }) => draft.days.includes(value))}
            placeholder="Choose days"
            tokenLimit={7}
            deselectAriaLabel={({ label }) => `Leave out ${label ?? ''}`}
            onChange={({ detail }) =>
              onChange({ days: weekDays.filter((day) => detail.selectedOptions.some(({ value }) => value === day)) })
            }
          />
        </FormField>
        <SpaceBetween direction="horizontal" size="l">
          <FormField label="Off at">
            <TimeInput
              value={draft.offAt}
              format="hh:mm"
              placeholder="hh:mm"
              onChange={({ detail }) => onChange({ offAt: detail.value })}
            />
          </FormField>
          <FormField label="On at">
            <TimeInput
              value={draft.onAt}
              format="hh:mm"
              placeholder="hh:mm"
              onChange={({ detail }) => onChange({ onAt: detail.value })}
            />
          </FormField>
        </SpaceBetween>
        <FormField label="Time zone">
          <Select
            options={zoneOptions}
            selectedOption={{ value: draft.timeZone, label: draft.timeZone }}
            filteringType="auto"
            onChange={({ detail }) => onChange({ timeZone: detail.selectedOption.value ?? 'UTC' })}
          />
        </FormField>
        <FormField
          label="Days to leave out – optional"
          description="Holidays as yyyy-mm-dd, one a line. Neither happens on these: what was stopped the evening before stays so until the next day on."
        >
          <Textarea
            value={draft.exceptDates}
            rows={2}
            placeholder="2026-12-25"
            onChange={({ detail }) => onChange({ exceptDates: detail.value })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  )
}
