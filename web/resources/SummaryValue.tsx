import { Time } from '../design/Time.tsx'
import { bytesWords, usd, valueWords } from '../design/words.ts'

const isoTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/
/** A table cell with more of them says nothing to anybody. */
const mostListed = 3

/** A field of a summary, whatever the type: money, sizes and times are told from their names and form. */
export const SummaryValue = ({
  name,
  value,
  form,
}: {
  name: string
  value: unknown
  /** In a table there is less room than on a page of its own. */
  form: 'relative' | 'both'
}) => {
  if (typeof value === 'number' && name.endsWith('Usd')) return <>{usd(value)}</>
  if (typeof value === 'number' && name.endsWith('Bytes')) return <>{bytesWords(value)}</>
  if (typeof value === 'string' && isoTime.test(value)) return <Time iso={value} form={form} />
  if (form === 'relative' && Array.isArray(value) && value.length > mostListed)
    return <>{`${valueWords(value.slice(0, mostListed))} +${value.length - mostListed}`}</>
  return <>{valueWords(value)}</>
}
