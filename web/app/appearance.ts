import { createSlice } from '@reduxjs/toolkit'
import type { PayloadAction } from '@reduxjs/toolkit'
import { applyDensity, applyMode, Density, disableMotion, Mode } from '@cloudscape-design/global-styles'

export type Theme = 'system' | 'light' | 'dark'
export type Appearance = { theme: Theme; density: 'comfortable' | 'compact'; times: 'local' | 'utc' }

/** Also read by public/early.js, before the first paint. */
const key = 'orchestrator.appearance'
const initial: Appearance = { theme: 'system', density: 'comfortable', times: 'local' }

const isTheme = (value: unknown): value is Theme => value === 'system' || value === 'light' || value === 'dark'

/** What was remembered; anything unreadable falls back to the defaults. */
export const rememberedAppearance = (): Appearance => {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    if (typeof stored !== 'object' || stored === null) return initial
    const { theme, density, times } = stored as Record<string, unknown>
    return {
      theme: isTheme(theme) ? theme : initial.theme,
      density: density === 'compact' ? 'compact' : 'comfortable',
      times: times === 'utc' ? 'utc' : 'local',
    }
  } catch {
    return initial
  }
}

export const appearanceSlice = createSlice({
  name: 'appearance',
  initialState: initial,
  reducers: {
    appearanceChanged: (state, { payload }: PayloadAction<Partial<Appearance>>) => ({ ...state, ...payload }),
  },
})
export const { appearanceChanged } = appearanceSlice.actions

const systemDark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')
const lessMotion = (): MediaQueryList => matchMedia('(prefers-reduced-motion: reduce)')

/** Puts the appearance onto the page and remembers it. */
export const applyAppearance = (appearance: Appearance): void => {
  const isDark = appearance.theme === 'dark' || (appearance.theme === 'system' && systemDark().matches)
  applyMode(isDark ? Mode.Dark : Mode.Light)
  applyDensity(appearance.density === 'compact' ? Density.Compact : Density.Comfortable)
  disableMotion(lessMotion().matches)
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light'
  try {
    localStorage.setItem(key, JSON.stringify(appearance))
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
  }
}

/** Follows the system's theme and motion settings while the page is open. */
export const followSystem = (reapply: () => void): void => {
  systemDark().addEventListener('change', reapply)
  lessMotion().addEventListener('change', reapply)
}
