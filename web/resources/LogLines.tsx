import { memo, useLayoutEffect, useRef } from 'react'
import { useAppSelector } from '../app/store.ts'
import { levelOf } from './log-lines.ts'
import type { LogEvent } from './log-lines.ts'
import './logs.css'

/** Within so many pixels of its end a list counts as read to the end. */
const nearPx = 40

/** The lines, oldest first. Who has read to the end of what is followed stays at the end. */
export const LogLines = ({ events, isFollowing }: { events: readonly LogEvent[]; isFollowing: boolean }) => {
  const zone = useAppSelector((state) => state.appearance.times)
  const lines = useRef<HTMLOListElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    const list = lines.current
    if (list !== null && isFollowing && isAtEnd.current) list.scrollTop = list.scrollHeight
  }, [events, isFollowing])
  return (
    <ol
      ref={lines}
      className="log-lines"
      // Reached by keyboard, so that it can be scrolled; not read aloud line by line while it is followed.
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label="Lines of the log, oldest first"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < nearPx
      }}
    >
      {events.map((event) => (
        <Line key={event.id} event={event} zone={zone} />
      ))}
    </ol>
  )
}

const Line = memo(({ event: { at, stream, message, isCut }, zone }: { event: LogEvent; zone: 'local' | 'utc' }) => (
  <li className="log-line" data-level={levelOf(message)}>
    <time dateTime={at} title={stream}>
      {momentWords(at, zone)}
    </time>
    <pre>
      {message.trimEnd()}
      {isCut && <em> … (cut)</em>}
    </pre>
  </li>
))

const formats = {
  local: new Intl.DateTimeFormat('sv-SE', formatOf()),
  utc: new Intl.DateTimeFormat('sv-SE', { ...formatOf(), timeZone: 'UTC' }),
}

function formatOf(): Intl.DateTimeFormatOptions {
  return { dateStyle: 'short', timeStyle: 'medium' }
}

/** "2026-01-31 12:00:00.123" in the zone in which times are shown: logs are compared to the millisecond. */
const momentWords = (at: string, zone: 'local' | 'utc'): string =>
  `${formats[zone].format(new Date(at))}.${at.slice(20, 23)}`
