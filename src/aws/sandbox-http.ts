import { z } from 'zod'
import type { HttpService } from '#platform/http/service.ts'
import { faultDraftSchema } from '#contracts/sandbox.ts'
import { errors } from './errors.ts'
import type { SandboxHost } from './sandbox-host.ts'
import { errorToWire, fromWire, toWire } from './sandbox/wire.ts'

const callSchema = z.object({
  service: z.string().max(64),
  action: z.string().max(128),
  account: z.string().max(64),
  region: z.string().max(64),
  input: z.record(z.string(), z.unknown()),
})

/** Bulk calls name up to 1,000 ids; nothing the SDK sends here is larger. */
const bodyLimit = 1024 * 1024

/**
 * The sandbox for other processes, where roles are split: served by the process that hosts it, called by
 * #aws/sandbox-client.ts. `verify` checks the short-lived internal token of each request; users never come here.
 */
export const sandboxHttp =
  (deps: { host: SandboxHost; verify: (token: string) => Promise<unknown> }): HttpService =>
  (http) => {
    const { host } = deps
    // "public" for the server's own sign-in, which knows users: these routes authenticate by internal token, all of them.
    const config = { access: 'public' } as const
    const preHandler = async (request: { headers: { authorization?: string | undefined } }): Promise<void> => {
      const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
      const isOurs =
        token !== undefined &&
        (await deps.verify(token).then(
          () => true,
          () => false,
        ))
      if (!isOurs)
        throw errors.sandbox_unauthenticated(
          'The sandbox is called by the processes of this installation only, with their internal token.',
        )
    }
    const tags = ['sandbox']

    http.route({
      method: 'POST',
      url: '/internal/sandbox/calls',
      config,
      bodyLimit,
      preHandler,
      schema: { hide: true, tags, body: callSchema },
      handler: async (request) => {
        try {
          // What another process of ours encoded is the SDK's input again; the handlers check what matters in it.
          const input = fromWire(request.body.input) as object
          return { output: toWire(await host.handle({ ...request.body, input })) }
        } catch (error) {
          return { error: errorToWire(error) }
        }
      },
    })
    http.route({
      method: 'GET',
      url: '/internal/sandbox/faults',
      config,
      preHandler,
      schema: { hide: true, tags },
      handler: async () => host.control.listFaults(),
    })
    http.route({
      method: 'POST',
      url: '/internal/sandbox/faults',
      config,
      preHandler,
      schema: { hide: true, tags, body: faultDraftSchema },
      handler: async (request) => host.control.addFault(request.body),
    })
    http.route({
      method: 'DELETE',
      url: '/internal/sandbox/faults',
      config,
      preHandler,
      schema: { hide: true, tags, querystring: z.object({ id: z.string().max(64).optional() }) },
      handler: async (request) => {
        const { id } = request.query
        if (id !== undefined) return { removed: await host.control.removeFault(id) }
        await host.control.clearFaults()
        return { removed: true }
      },
    })
    http.route({
      method: 'GET',
      url: '/internal/sandbox/info',
      config,
      preHandler,
      schema: { hide: true, tags },
      handler: async () => host.control.info(),
    })
    http.route({
      method: 'POST',
      url: '/internal/sandbox/effects',
      config,
      bodyLimit,
      preHandler,
      schema: { hide: true, tags, body: z.object({ resources: z.array(z.string()).nullable() }) },
      handler: async (request) => host.control.effects(request.body.resources ?? undefined),
    })
  }
