import { createSplit } from '../support/split.ts'
import { addFault, assertTagged, fileTagTasks, instances, liveTasks } from '../support/bulk.ts'
import { waitFor } from '../support/wait-for.ts'
import { test } from 'node:test'
const t0=performance.now()
const say=(...a:unknown[])=>console.log(((performance.now()-t0)/1000).toFixed(2),...a)
test('x', async () => {
  const split = await createSplit({ env: { ORCHESTRATOR_SANDBOX_SIZE: '3500' }, leaseSeconds: 3 })
  const procs:any[]=[]
  try {
  procs.push(await split.start('sandbox'))
  const front = await split.start('gateway,tasks,resources,monitoring'); procs.push(front)
  say('started')
  const admin = await split.admin(front)
  const free = await instances(admin, 1000)
  say('instances')
  const filed = await fileTagTasks(admin, free.splice(0, 250))
  say('filed')
  const f=await addFault(admin, { kind: 'latency', action: 'CreateTags', milliseconds: 300 })
  const first = await Promise.all([split.start('worker'),split.start('worker')])
  procs.push(...first)
  say('workers')
  await waitFor('half of the tasks to be over', async () => (await liveTasks(admin)) <= 125, 60)
  say('half', await f.hits())
  if (process.argv[2]!=='nokill') await Promise.all(first.map((worker) => worker.stop('SIGKILL')))
  say('live', await liveTasks(admin))
  procs.push(await split.start('worker'))
  say('third')
  const iv=setInterval(async()=>{const q=await admin.ok('GET','/queue');say(JSON.stringify(q.items),JSON.stringify(q.workers.map((w:any)=>w.items)), await f.hits())},1000)
  try {await assertTagged(admin, filed)} finally {clearInterval(iv)}
  say('done', await f.hits())
  } finally { for (const p of procs) console.log('-----',p.pid,p.output()); await split.remove(); say('removed') }
})
