import type { Call } from '../call.ts'
import type { Ec2Volume } from '../ec2.ts'
import type { Ec2Context } from './context.ts'
import { toVolume } from './volume.ts'

/** The API's largest page. */
const pageSize = 500

/** Every volume of the account and Region. */
export const listVolumes = ({ sdk, client, send, ...place }: Ec2Context) =>
  async function* (call: Call): AsyncGenerator<Ec2Volume[]> {
    let token: string | undefined
    do {
      const command = new sdk.DescribeVolumesCommand({
        MaxResults: pageSize,
        ...(token === undefined ? {} : { NextToken: token }),
      })
      const output = await send({ action: 'DescribeVolumes', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      yield (output.Volumes ?? []).map((volume) => toVolume(place, volume))
      token = output.NextToken
    } while (token)
  }
