import { contenders } from './contenders.ts'
import { measure } from './measure.ts'
import { measureRawLimit } from './raw-limit.ts'
import type { Sizes } from './sizes.ts'

// The process of one engine in one round; started by tasks.ts, which it sends its figures to.

export type Job = { name: string; url: string; serverPid: number; sizes: Sizes }

// From tasks.ts, which wrote it.
const job = JSON.parse(process.argv[2] ?? '{}') as Job
const entry = contenders[job.name]
const figures = entry
  ? await measure(entry.create, { url: job.url, pid: job.serverPid }, job.sizes)
  : await measureRawLimit(job.url, job.sizes)
process.send?.(figures)
process.disconnect?.()
