import type { Recommendation } from '#contracts/recommendation.ts'

export const kindWords: Record<Recommendation['kind'], string> = {
  rightsize: 'Another size',
  idle_instance: 'Idle instance',
  logs_retention: 'Logs kept for ever',
  runs_out: 'Runs out',
  idle_volume: 'Unattached volume',
  unused_address: 'Unused address',
  orphaned_snapshot: 'Snapshot of a volume that is gone',
}

export const statusLooks = {
  open: { type: 'pending', word: 'Open' },
  dismissed: { type: 'stopped', word: 'Dismissed' },
  snoozed: { type: 'pending', word: 'Snoozed' },
  applied: { type: 'success', word: 'Done' },
  gone: { type: 'stopped', word: 'No longer true' },
} as const

type Usage = { cpuMean: number | null; cpuPeak: number | null; memoryPeak: number | null }

/** "CPU 3 % in the mean, 12 % at the peak; memory not known". */
export const usageWords = (usage: unknown): string | null => {
  if (typeof usage !== 'object' || usage === null || !('cpuMean' in usage)) return null
  // The server's own shape.
  const { cpuMean, cpuPeak, memoryPeak } = usage as Usage
  if (cpuMean === null && cpuPeak === null) return null
  const cpu = `CPU ${cpuMean ?? '?'} % in the mean, ${cpuPeak ?? '?'} % at the peak`
  return `${cpu}; memory ${memoryPeak === null ? 'not known' : `${memoryPeak} % at the peak`}`
}
