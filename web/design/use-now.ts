import { useEffect, useState } from 'react'

/** The time, read again every so many seconds: relative times stay true while a page is open. */
export const useNow = (everySeconds = 15): number => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everySeconds * 1000)
    return () => clearInterval(timer)
  }, [everySeconds])
  return now
}
