import type { CloudControl } from '../cloudcontrol.ts'
import { orNone } from '../send/or-none.ts'
import type { CloudControlContext } from './context.ts'

/** There is no such resource, or no such type that could be read. */
const none = ['ResourceNotFoundException', 'UnsupportedActionException', 'TypeNotFoundException']

export const createCloudControl = ({ sdk, client, send }: CloudControlContext): CloudControl => ({
  getResource: async (call, typeName, identifier) => {
    const command = new sdk.GetResourceCommand({ TypeName: typeName, Identifier: identifier })
    const read = send({ action: 'GetResource', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    const output = await orNone(read, ...none)
    return output && parse(output.ResourceDescription?.Properties)
  },
})

const parse = (properties: string | undefined): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(properties ?? '{}')
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
