import { contenders } from './contenders.ts'
import { createMeasure } from './measure.ts'
import type { Measurement } from './measure.ts'
import { measureRawLimit } from './raw-limit.ts'
import type { Sizes } from './sizes.ts'

// The process of one engine in one round: takes the measurement that its parent names, answers with the figures, and ends
// when it is told to. With an unknown name it measures the raw limit.

export type Job = { name: string; url: string; serverPid: number; sizes: Sizes }

// From start-one.ts, which wrote it.
const job = JSON.parse(process.argv[2] ?? '{}') as Job
const entry = contenders[job.name]

if (entry === undefined) {
  process.send?.(await measureRawLimit(job.url, job.sizes))
  process.disconnect?.()
} else {
  const measure = await createMeasure(entry.create, { url: job.url, pid: job.serverPid }, job.sizes)
  process.on('message', (message: Measurement | 'stop') => {
    if (message === 'stop') void measure.stop().finally(() => process.exit(0))
    else
      measure.take(message).then(
        (figures) => process.send?.(figures),
        (error: unknown) => {
          console.error(error)
          process.exit(1)
        },
      )
  })
  process.on('disconnect', () => process.exit(1)) // the parent is gone
  process.send?.({})
}
