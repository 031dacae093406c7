import { errors } from '../errors.ts'
import type { Http } from './service.ts'

/** Starts to listen and returns the URL. What commonly goes wrong is said with what to do. @throws `cannot_listen` */
export const listenOn = async (http: Http, address: { host: string; port: number }): Promise<string> => {
  try {
    return await http.listen(address)
  } catch (error) {
    const reason = reasons[error instanceof Error && 'code' in error ? String(error.code) : '']
    if (reason === undefined) throw error
    throw errors.cannot_listen(`Cannot listen on ${address.host} port ${address.port}: ${reason}`, { cause: error })
  }
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'another process has it. Stop that one, or set ORCHESTRATOR_PORT to a free port.',
  EACCES: 'this user may not. Set ORCHESTRATOR_PORT to 1024 or higher.',
  EADDRNOTAVAIL: 'this machine has no such address. Set ORCHESTRATOR_HOST to one that it has, for example 127.0.0.1.',
  ENOTFOUND: 'the host name is not known. Set ORCHESTRATOR_HOST to an address of this machine, for example 127.0.0.1.',
}
