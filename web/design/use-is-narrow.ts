import { useSyncExternalStore } from 'react'

/** Below this width the side navigation covers the page, and a table shows its rows as cards. */
const narrow = '(max-width: 688px)'

/** Whether the window is as narrow as a telephone right now. */
export const isNarrow = (): boolean => typeof matchMedia === 'function' && matchMedia(narrow).matches

const subscribe = (onChange: () => void): (() => void) => {
  if (typeof matchMedia !== 'function') return () => {}
  const query = matchMedia(narrow)
  query.addEventListener('change', onChange)
  return () => query.removeEventListener('change', onChange)
}

/** The same, followed while the component is on screen. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, isNarrow)
