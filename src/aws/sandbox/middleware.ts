import { randomUUID } from 'node:crypto'
import type { SandboxTransport } from './transport.ts'

/** The handler of some service; each of the SDK's clients has types of its own here. */
// oxlint-disable-next-line typescript/no-explicit-any -- the transport takes and gives what the SDK's types say
type AnyHandler = (args: any) => Promise<any>

/** The part of the SDK's clients that is used here, the same for every service. */
type ClientStack = {
  add(
    middleware: (next: unknown, context: { commandName?: string }) => AnyHandler,
    options: { step: 'deserialize'; priority: 'high'; name: string; override: boolean },
  ): void
}

/**
 * Makes a client of the real SDK talk to the sandbox: answers in the `deserialize` step, below serialization, signing and
 * retries, which stay the SDK's own. It never calls `next`, so nothing of a sandbox account can reach the network.
 */
export const useSandbox = (
  stack: ClientStack,
  transport: SandboxTransport,
  place: { service: string; account: string; region: string },
): void =>
  stack.add(
    (_next, context) =>
      async (args: { input: object }): Promise<{ response: unknown; output: object }> => {
        const action = (context.commandName ?? '').replace(/Command$/, '')
        const output = await transport.handle({ ...place, action, input: args.input })
        return {
          response: {},
          output: { ...output, $metadata: { httpStatusCode: 200, requestId: randomUUID(), attempts: 1 } },
        }
      },
    { step: 'deserialize', priority: 'high', name: 'orchestratorSandbox', override: true },
  )
