import type { Principal } from '#contracts/principal.ts'
import { createHttpServer } from '#platform/http/server.ts'
import type { Http, HttpService } from '#platform/http/service.ts'
import { createLog } from '#platform/log.ts'

/** Serves boxes as a process of their role would, with every request signed in as that principal and allowed its route. */
export const serveAs = async (principal: Principal, services: readonly HttpService[]): Promise<Http> => {
  const { http } = createHttpServer({
    log: createLog({ level: 'silent' }),
    authenticate: async () => principal,
    authorize: async () => {},
  })
  for (const service of services) await service(http)
  await http.ready()
  return http
}
