import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAws } from '#aws/aws.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import { systemClock } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../support/database.ts'

/**
 * Two calls that moto doesn't have, by the letter of their protocols: Cloud Control's GetResource (AWS JSON 1.0) and Lambda's
 * ListProvisionedConcurrencyConfigs (REST and JSON).
 * https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_GetResource.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListProvisionedConcurrencyConfigs.html
 */
const answer = (path: string, target: string | undefined, body: string): [status: number, body: object] => {
  if (target === 'CloudApiService.GetResource') {
    const { TypeName, Identifier } = JSON.parse(body) as Record<string, string>
    if (TypeName !== 'AWS::SQS::Queue')
      return [400, { __type: 'com.amazonaws.cloudapiservice#TypeNotFoundException', Message: 'no such type' }]
    if (Identifier !== 'https://sqs.eu-west-1.amazonaws.com/123456789012/contract')
      return [400, { __type: 'com.amazonaws.cloudapiservice#ResourceNotFoundException', Message: 'not found' }]
    return [200, { TypeName, ResourceDescription: { Identifier, Properties: '{"QueueName":"contract"}' } }]
  }
  const [, name, marker] =
    /^\/2019-09-30\/functions\/([\w-]+)\/provisioned-concurrency\?(?=.*List=ALL)(?:.*Marker=(\w+))?/.exec(path) ?? []
  if (name === undefined) return [404, {}]
  const configuration = (qualifier: string) => ({
    FunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}:${qualifier}`,
    RequestedProvisionedConcurrentExecutions: 3,
    Status: 'READY',
  })
  return [
    200,
    marker === undefined
      ? { ProvisionedConcurrencyConfigs: [configuration('live')], NextMarker: 'second' }
      : { ProvisionedConcurrencyConfigs: [configuration('7')] },
  ]
}

/** A server on this machine that knows only these two, and an AWS box that calls it. */
export const openLoopback = async (): Promise<{ aws: Aws; account: Account; close: () => Promise<void> }> => {
  process.env['AWS_ACCESS_KEY_ID'] = 'testing'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'testing'
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const target = request.headers['x-amz-target']
      const [status, body] = answer(
        request.url ?? '',
        typeof target === 'string' ? target : undefined,
        Buffer.concat(parts).toString(),
      )
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  const { db, drop } = await freshDatabase()
  const aws = createAws({
    db,
    log: createLog({ level: 'error' }),
    clock: systemClock,
    sandbox: { speed: 1, transport: undefined },
    endpointUrl: `http://127.0.0.1:${port}`,
  })
  const account: Account = {
    id: '123456789012',
    name: 'loopback',
    cloud: 'aws',
    regions: ['eu-west-1'],
    credentials: { kind: 'ambient' },
    isProduction: false,
  }
  return {
    aws,
    account,
    close: async () => {
      await aws.close()
      await new Promise((resolve) => server.close(resolve))
      await drop()
    },
  }
}
