import DateRangePicker from '@cloudscape-design/components/date-range-picker'
import type { DateRangePickerProps } from '@cloudscape-design/components/date-range-picker'
import { useAppSelector } from '../app/store.ts'
import type { TimeRange } from './time-range.ts'
import { counted } from './words.ts'

type Unit = 'minute' | 'hour' | 'day' | 'week'
const unitMinutes: Record<Unit, number> = { minute: 1, hour: 60, day: 1440, week: 10_080 }
const units: readonly Unit[] = ['week', 'day', 'hour', 'minute']

const relative = (minutes: number): DateRangePickerProps.RelativeOption => {
  const unit = units.find((each) => minutes % unitMinutes[each] === 0) ?? 'minute'
  return { key: String(minutes), type: 'relative', amount: minutes / unitMinutes[unit], unit }
}

const pickerValue = (range: TimeRange): DateRangePickerProps.Value =>
  range.kind === 'last' ? relative(range.minutes) : { type: 'absolute', startDate: range.from, endDate: range.to }

const rangeOf = (value: DateRangePickerProps.Value): TimeRange =>
  value.type === 'absolute'
    ? { kind: 'between', from: value.startDate, to: value.endDate }
    : { kind: 'last', minutes: value.amount * (unitMinutes[value.unit as Unit] ?? 1) }

const isValidRange: DateRangePickerProps.ValidationFunction = (value) => {
  if (value === null) return { valid: false, errorMessage: 'Choose a time.' }
  if (value.type === 'relative')
    return value.amount > 0 ? { valid: true } : { valid: false, errorMessage: 'Give a number above zero.' }
  const [start, end] = [value.startDate, value.endDate].map((each) => Date.parse(each))
  if (start === undefined || end === undefined || Number.isNaN(start) || Number.isNaN(end))
    return { valid: false, errorMessage: 'Give both days and times.' }
  return start < end ? { valid: true } : { valid: false, errorMessage: 'It has to begin before it ends.' }
}

/** A time: the last so many hours, or between two moments in the zone in which times are shown. */
export const TimeRangePicker = ({
  label,
  range,
  lasts,
  isDisabled = false,
  onChange,
}: {
  label: string
  range: TimeRange
  /** What is offered, in minutes until now. */
  lasts: readonly number[]
  isDisabled?: boolean
  onChange: (range: TimeRange) => void
}) => {
  const zone = useAppSelector((state) => state.appearance.times)
  return (
    <DateRangePicker
      value={pickerValue(range)}
      relativeOptions={lasts.map(relative)}
      isValidRange={isValidRange}
      onChange={({ detail }) => detail.value !== null && onChange(rangeOf(detail.value))}
      getTimeOffset={(date) => (zone === 'utc' ? 0 : -date.getTimezoneOffset())}
      customRelativeRangeUnits={['minute', 'hour', 'day', 'week']}
      showClearButton={false}
      expandToViewport
      disabled={isDisabled}
      i18nStrings={{
        ariaLabel: label,
        formatRelativeRange: ({ amount, unit }) => `The last ${amount === 1 ? unit : counted(amount, unit)}`,
        formatUnit: (unit, amount) => (amount === 1 ? unit : `${unit}s`),
      }}
      ariaLabel={label}
      placeholder={label}
    />
  )
}
