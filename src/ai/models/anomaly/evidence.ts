/** What can speak for an anomaly. The order is that of the tails, of the weights and of stored states. */
export const evidenceNames = [
  'timeOfDay',
  'timeOfDayShift',
  'shape4',
  'shape12',
  'range',
  'logChange',
  'mean12',
  'mean72',
  'jump',
  'spread',
  'recentLevel',
  'median7',
  'value',
  'unexplained',
  'shapeForTime',
  'mean144',
  'stuck',
  'logDistance',
  'localDistance',
  'globalDistance',
] as const

export type EvidenceName = (typeof evidenceNames)[number]

/** These are measured against a tail of their own; the two distances after them have no memory, so they don't get used to what recurs. */
export const tailCount = 18

/** For people: what it means that this evidence spoke. */
export const evidenceMeaning: Record<EvidenceName, string> = {
  timeOfDay: 'far from what is usual at this time of day',
  timeOfDayShift: 'moved against what is usual at this time of day',
  shape4: 'the last 4 values look like nothing before',
  shape12: 'the last 12 values look like nothing before',
  range: 'beyond all earlier values',
  logChange: 'changed by an unusual factor',
  mean12: 'the mean of the last 12 values is unusual',
  mean72: 'the mean of the last 72 values is unusual',
  jump: 'an unusual step from the value before',
  spread: 'unusually restless or calm',
  recentLevel: 'far from the recent level',
  median7: 'far from the median of the last 7 values',
  value: 'no earlier value was near',
  unexplained: 'neither the day, nor the week, nor the recent level explains it',
  shapeForTime: 'looks like no earlier day at this time',
  mean144: 'the mean of the last 144 values is unusual',
  stuck: 'the value has not changed for unusually long',
  logDistance: 'an unusual distance from the recent level, small ones included',
  localDistance: 'large against the usual steps',
  globalDistance: 'large against the usual spread',
}
