import { noWeights } from './settings.ts'
import type { Settings } from './settings.ts'

/** Chosen on NAB's and Microsoft's labelled series together; docs/models.md says what they reach, there and on series they were not chosen on. */
export const defaultSettings: Settings = {
  weights: {
    ...noWeights,
    timeOfDayShift: 0.352,
    shape4: 0.549,
    shape12: 0.283,
    mean12: 0.336,
    mean72: 1.35,
    jump: 0.079,
    spread: 0.461,
    value: 3.0,
    shapeForTime: 0.479,
    mean144: 0.712,
    stuck: 0.16,
  },
  from: 2.51,
  perLogCount: 0.271,
  cap: 29.6,
  repeat: 0.572,
  repeatSteps: 258.0,
  alertAt: 0.634,
  perAlert: 0.611,
  budgetSteps: 30000.0,
  paceExponent: 1.02,
  threshold: 0.126,
}
