import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/setup/own-node.mjs'
import { runChaos } from './run.ts'

// npm run test:chaos [-- --seed 7 --tasks 2000 --minutes 10 --fault-every 2.5]: the long run. Ends with 0 when every promise was kept.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    tasks: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '12' },
    lanes: { type: 'string', default: '60' },
    workers: { type: 'string', default: '4' },
    'fault-every': { type: 'string', default: '2.5' }, // seconds, on average
  },
})
const number = (name: string, text: string): number => {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  console.error(`--${name} must be a positive number, it is "${text}".`)
  process.exit(2)
}
const seed = number('seed', values.seed ?? String(1 + Math.floor(Math.random() * 999_999)))
const tasks = number('tasks', values.tasks)
const minutes = number('minutes', values.minutes)
const lanes = number('lanes', values.lanes)
const workers = number('workers', values.workers)
const faultEverySeconds = number('fault-every', values['fault-every'])
const again = `npm run test:chaos -- --seed ${seed} --tasks ${tasks} --minutes ${minutes} --lanes ${lanes} --workers ${workers} --fault-every ${faultEverySeconds}`

// Leaving by `exit` takes along what was started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
console.log(`chaos with seed ${seed}. The same faults and wishes again: ${again}\n`)
const { findings, report, evidence } = await runChaos({
  seed,
  tasks,
  minutes,
  leastTasks: 1,
  areTimesHeld: true,
  lanes,
  workers,
  faultEverySeconds,
  print: console.log,
})
console.log(`\n${report}\n`)
if (findings.length > 0) {
  const file = join(root, '.cache', `chaos-${seed}.log`)
  await mkdir(join(root, '.cache'), { recursive: true })
  await writeFile(file, evidence)
  for (const { what, taskId } of findings)
    console.log(`FOUND ${what}${taskId === undefined ? '' : ` (task ${taskId})`}`)
  console.log(`\nTimeline, tasks and the processes' logs: ${file}\nAgain: ${again}`)
}
console.log(`\nseed ${seed}: ${findings.length} findings`)
process.exit(findings.length === 0 ? 0 : 1)
