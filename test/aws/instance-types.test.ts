import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instanceTypes } from '../../src/aws/sandbox/estate/instance-types.ts'
import { openMoto } from './support/moto.ts'
import { openSandbox } from './support/sandbox.ts'

const motoUrl = process.env['ORCHESTRATOR_TEST_MOTO_URL']
const call = { priority: 'interactive' } as const

test(
  "the sandbox's instance types are AWS's, as moto has recorded them",
  { skip: motoUrl === undefined && 'moto is not there' },
  async () => {
    const names = [...instanceTypes.keys()]
    const described = []
    for (const open of [openSandbox, () => openMoto(motoUrl ?? '')]) {
      const backend = await open()
      const ec2 = await backend.aws.ec2(backend.account, backend.region)
      const types = await ec2.describeInstanceTypes(call, names)
      described.push(new Map(types.map((type) => [type.name, type])))
      await backend.close()
    }
    const [sandbox, moto] = described
    assert.equal(sandbox?.size, names.length)
    for (const name of names) {
      const real = moto?.get(name)
      // The oldest also run 32 bits, which no machine of the estate does.
      const architectures = real?.architectures.filter((one) => one !== 'i386')
      assert.deepEqual(sandbox.get(name), { ...real, architectures }, name)
    }
  },
)
