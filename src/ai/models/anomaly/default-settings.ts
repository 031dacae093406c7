import type { Settings } from './settings.ts'

/** Chosen on NAB's labelled series; docs/models.md says what they reach, there and on series they were not chosen on. */
export const defaultSettings: Settings = {
  weights: { value: 0.679, hours: 0.409, level: 1.432, range: 0.271 },
  from: 1.609,
  perLogCount: 0.369,
  gate: 4.75,
  cap: 45.39,
  repeat: 1.873,
  repeatSteps: 5,
  alertAt: 0.533,
  perAlert: 0.524,
  budgetSteps: 60_000,
  anomalyAt: 0.757,
  threshold: 0.5,
}
