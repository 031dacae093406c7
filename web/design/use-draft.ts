import { useEffect, useRef, useState } from 'react'

const waitMs = 350

/** Text that is being typed: shown at once, handed on when the typing pauses, and replaced when the address changes. */
export const useDraft = (
  settled: string,
  onSettle: (text: string) => void,
): [string, (text: string) => void, (text: string) => void] => {
  const [draft, setDraft] = useState(settled)
  const [seen, setSeen] = useState(settled)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  if (seen !== settled) {
    setSeen(settled)
    setDraft(settled)
  }
  const settleNow = (text: string): void => {
    clearTimeout(timer.current)
    setDraft(text)
    onSettle(text)
  }
  const type = (text: string): void => {
    setDraft(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onSettle(text), waitMs)
  }
  return [draft, type, settleNow]
}
