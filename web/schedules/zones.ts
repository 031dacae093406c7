const zones = Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value }))
const utc = { value: 'UTC', label: 'UTC' }

/** The time zones that this browser knows, to choose from. */
export const zoneOptions = zones.some(({ value }) => value === 'UTC') ? zones : [utc, ...zones]
