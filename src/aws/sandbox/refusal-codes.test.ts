import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ask, createFakeClock, place, temporarySandbox } from '../testing/host.ts'

const clock = createFakeClock()
const sandbox = temporarySandbox({ clock })
const host = sandbox.open()
after(async () => {
  await host.close()
  sandbox.remove()
})

/** As each service's own documentation names them. */
const expected: [service: string, action: string, input: object, throttled: string, denied: string][] = [
  ['ec2', 'DescribeInstances', { MaxResults: 5 }, 'RequestLimitExceeded', 'UnauthorizedOperation'],
  ['s3', 'ListBuckets', {}, 'SlowDown', 'AccessDenied'],
  ['lambda', 'ListFunctions', {}, 'TooManyRequestsException', 'AccessDeniedException'],
  ['iam', 'ListRoles', {}, 'Throttling', 'AccessDenied'],
  ['tagging', 'GetResources', {}, 'ThrottledException', 'AccessDeniedException'],
  ['logs', 'DescribeLogGroups', {}, 'ThrottlingException', 'AccessDeniedException'],
  ['cloudcontrol', 'GetResource', {}, 'ThrottlingException', 'AccessDeniedException'],
]
for (const [service, action, input, throttled, denied] of expected) {
  test(`${service} refuses in its own words`, async () => {
    const codeOf = async (): Promise<string> =>
      ask(host, place)(action, input, service).then(
        () => assert.fail('it was not refused'),
        (error: Error) => error.name,
      )
    for (const [kind, code] of [
      ['throttle', throttled],
      ['access-denied', denied],
    ] as const) {
      const { id } = await host.control.addFault({ kind, service, probability: 1 })
      assert.equal(await codeOf(), code)
      await host.control.removeFault(id)
    }
  })
}
