import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { weekdays } from '#contracts/freeze.ts'
import type { FreezeDraft, WindowDraft } from './form-state.ts'

const days = weekdays.map((value) => ({
  value: value as string,
  label: value.slice(0, 1).toUpperCase() + value.slice(1),
}))
const mostWindows = 20

/** The windows of a week, each from a day and time to another, and the zone whose clocks count. */
export const WeeklyFields = ({
  draft,
  problemOf,
  onChange,
}: {
  draft: Pick<FreezeDraft, 'windows' | 'timeZone'>
  problemOf: (field: string) => { errorText?: string }
  onChange: (change: Partial<FreezeDraft>) => void
}) => {
  const { windows, timeZone } = draft
  const setWindow = (index: number, change: Partial<WindowDraft>): void =>
    onChange({ windows: windows.map((window, n) => (n === index ? { ...window, ...change } : window)) })
  return (
    <SpaceBetween size="m">
      <FormField label="Windows" {...problemOf('windows')}>
        <SpaceBetween size="s">
          {windows.map((window, index) => (
            <SpaceBetween key={index} direction="horizontal" size="xs" alignItems="center">
              <MomentFields
                name={`Window ${index + 1} from`}
                moment={window.from}
                onChange={(from) => setWindow(index, { from })}
              />
              <span>to</span>
              <MomentFields
                name={`Window ${index + 1} to`}
                moment={window.to}
                onChange={(to) => setWindow(index, { to })}
              />
              {windows.length > 1 && (
                <Button
                  iconName="remove"
                  variant="icon"
                  formAction="none"
                  ariaLabel={`Remove window ${index + 1}`}
                  onClick={() => onChange({ windows: windows.filter((_, n) => n !== index) })}
                />
              )}
            </SpaceBetween>
          ))}
          {windows.length < mostWindows && (
            <Button
              iconName="add-plus"
              formAction="none"
              onClick={() =>
                onChange({
                  windows: [
                    ...windows,
                    { from: { day: 'monday', time: '18:00' }, to: { day: 'tuesday', time: '06:00' } },
                  ],
                })
              }
            >
              Add a window
            </Button>
          )}
        </SpaceBetween>
      </FormField>
      <FormField
        label="Time zone"
        description="Its local clock counts, also when it changes."
        {...problemOf('timeZone')}
      >
        <Input value={timeZone} onChange={({ detail }) => onChange({ timeZone: detail.value })} />
      </FormField>
    </SpaceBetween>
  )
}

const MomentFields = ({
  name,
  moment,
  onChange,
}: {
  name: string
  moment: WindowDraft['from']
  onChange: (moment: WindowDraft['from']) => void
}) => (
  <SpaceBetween direction="horizontal" size="xxs">
    <Select
      options={days}
      ariaLabel={`${name}: day`}
      selectedOption={days.find(({ value }) => value === moment.day) ?? null}
      onChange={({ detail }) =>
        onChange({ ...moment, day: weekdays.find((day) => day === detail.selectedOption.value) ?? moment.day })
      }
    />
    <input
      className="local-time"
      type="time"
      aria-label={`${name}: time`}
      value={moment.time}
      onChange={(event) => onChange({ ...moment, time: event.target.value })}
    />
  </SpaceBetween>
)
