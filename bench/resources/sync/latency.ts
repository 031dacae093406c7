/** Waits so long, as an answer of AWS does on its way. */
export const createLatency = (milliseconds: number): (() => Promise<void>) =>
  milliseconds === 0 ? async () => {} : () => new Promise((resolve) => setTimeout(resolve, milliseconds))
