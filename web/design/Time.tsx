import { useAppSelector } from '../app/store.ts'
import { absoluteTime, relativeTime } from './times.ts'
import { useNow } from './use-now.ts'

/** A moment: relative to read, absolute (in the chosen zone) on hover and for assistive technology. */
export const Time = ({ iso, form = 'relative' }: { iso: string | null; form?: 'relative' | 'absolute' | 'both' }) => {
  const zone = useAppSelector((state) => state.appearance.times)
  const now = useNow()
  if (iso === null) return <>–</>
  const absolute = absoluteTime(iso, zone)
  const words =
    form === 'absolute'
      ? absolute
      : form === 'both'
        ? `${absolute} (${relativeTime(iso, now)})`
        : relativeTime(iso, now)
  return (
    <time dateTime={iso} title={absolute}>
      {words}
    </time>
  )
}
