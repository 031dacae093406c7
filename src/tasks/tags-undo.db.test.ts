import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Ec2 } from '#aws/ec2.ts'
import { openSandboxTasks } from './testing/sandbox-rig.ts'
import type { SandboxTasks } from './testing/sandbox-rig.ts'

// ec2.tag and ec2.untag as they run in the product, and their undo.

const call = { priority: 'interactive' } as const
let rig: SandboxTasks
let ec2: Ec2
let ids: string[]
let arns: string[]
before(async () => {
  rig = await openSandboxTasks()
  ec2 = await rig.aws.ec2(await rig.aws.accounts.get(rig.place.account), rig.place.region)
  for await (const page of ec2.listInstances(call, { states: ['running'] })) {
    ids = page.slice(0, 3).map(({ id }) => id)
    arns = page.slice(0, 3).map(({ arn }) => arn)
    break
  }
})
after(() => rig.close())

const tagsNow = async (): Promise<Record<string, string>[]> => {
  const found = new Map((await ec2.describeInstances(call, ids)).map(({ id, tags }) => [id, tags]))
  return ids.map((id) => found.get(id) ?? {})
}

const keys = ['round', 'Round', 'über', 'a b/c:d'] as const
const value = fc.constantFrom('', '1', '2', 'x = "y"', '€')
/** Tags of those keys, of which any may be missing. */
const some = fc.dictionary(fc.constantFrom(...keys), value, { noNullPrototype: true })
const change = fc.oneof(
  fc.record({ operation: fc.constant('ec2.tag' as const), tags: some }),
  fc.record({ operation: fc.constant('ec2.untag' as const), keys: fc.subarray([...keys]) }),
)

test('property: tags that are set or removed are all as they were after the undo, whatever was there', async () => {
  let round = 0
  await fc.assert(
    fc.asyncProperty(fc.tuple(some, some, some), change, async (initial, asked) => {
      // Something changes in every case: a key that only this change knows.
      const own = `own-${++round}`
      for (const [index, id] of ids.entries()) {
        await ec2.deleteTags(call, [id], [...keys])
        const tags = { ...initial[index], ...(asked.operation === 'ec2.untag' ? { [own]: 'x' } : {}) }
        if (Object.keys(tags).length > 0) await ec2.createTags(call, [id], tags)
      }
      const was = await tagsNow()
      const params =
        asked.operation === 'ec2.tag' ? { tags: { ...asked.tags, [own]: 'x' } } : { keys: [...asked.keys, own] }
      const task = await rig.run(asked.operation, { ids: arns }, params)
      assert.equal(task.status, 'succeeded', JSON.stringify(task.progress))
      for (const tags of await tagsNow()) {
        if (asked.operation === 'ec2.tag')
          for (const [key, set] of Object.entries(asked.tags)) assert.equal(tags[key], set)
        else for (const key of [...asked.keys, own]) assert.ok(!Object.hasOwn(tags, key), key)
      }
      const undo = await rig.undo(task.id)
      assert.equal(undo.status, 'succeeded', JSON.stringify(undo.progress))
      assert.deepEqual(await tagsNow(), was)
    }),
    { numRuns: 8, seed: 20261127 },
  )
})
