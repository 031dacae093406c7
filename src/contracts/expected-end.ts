import { z } from 'zod'

/** How far it still is to the end of a task, in wall time. */
export const expectedEndShape = {
  remainingSeconds: z
    .int()
    .nullable()
    .describe('Null where it is not known: over, paused, awaiting approval, being cancelled, later than planned'),
  expectedEndAt: z.iso.datetime().nullable(),
  itemsPerSecond: z
    .number()
    .nullable()
    .describe(
      'Targets that ended per second, over the last 30 seconds of the current wave; null while none is under way',
    ),
}
export type ExpectedEnd = {
  remainingSeconds: number | null
  expectedEndAt: string | null
  itemsPerSecond: number | null
}
