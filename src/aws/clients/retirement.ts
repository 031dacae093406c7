// oxlint-disable-next-line typescript/no-explicit-any -- each of the SDK's commands has types of its own here
type AnyHandler = (args: any) => Promise<any>

/** What of a client of the SDK is needed here, the same for every service. */
export type RetirableClient = {
  middlewareStack: {
    add(
      middleware: (next: AnyHandler) => AnyHandler,
      options: { step: 'initialize'; name: string; override: boolean },
    ): void
  }
  destroy: () => void
}

/**
 * Returns what retires a client: its sockets are closed as soon as no call of it is under way, and never before. Who still holds it
 * may go on calling; it connects anew, and closes again after the call. A call is under way from when it is made until
 * its answer is there, with all its retries and waits in between; no adapter reads an answer as a stream.
 */
export const retirementOf = (client: RetirableClient): (() => void) => {
  let underway = 0
  let isRetired = false
  const countCalls =
    (next: AnyHandler): AnyHandler =>
    async (args) => {
      underway++
      try {
        return await next(args)
      } finally {
        underway--
        if (isRetired && underway === 0) client.destroy()
      }
    }
  client.middlewareStack.add(countCalls, { step: 'initialize', name: 'countCalls', override: true })
  return () => {
    isRetired = true
    if (underway === 0) client.destroy()
  }
}
