/** What can speak for an anomaly. The order is that of the tails and of stored states. */
export const evidenceNames = ['value', 'hours', 'level', 'range', 'distance'] as const

export type EvidenceName = (typeof evidenceNames)[number]

/** These say that something is new, and are weighted; `distance` says that it is far, whether new or not. */
export const noveltyNames = ['value', 'hours', 'level', 'range'] as const satisfies EvidenceName[]

export type NoveltyName = (typeof noveltyNames)[number]

/** For people: what it means that this evidence spoke. */
export const evidenceMeaning: Record<EvidenceName, string> = {
  value: 'no earlier value was near',
  hours: 'the last 24 values look like no earlier day at this time',
  level: 'no earlier mean of 36 values was near',
  range: 'beyond all earlier values',
  distance: 'far from what is usual and from the values just before',
}
