/** What the process says by its exit code. docs/cli.md lists them for scripts. */
export const exitCodes = {
  ok: 0,
  /** Anything that has no code of its own. */
  failed: 1,
  /** Wrong arguments, or a request that the server calls malformed. */
  usage: 2,
  /** No token, or one that is not valid. */
  notSignedIn: 3,
  notAllowed: 4,
  notFound: 5,
  /** Valid, but impossible now: wrong state, drift, a plan that changed, nothing to do. */
  conflict: 6,
  /** The server, or something that it needs, can't be reached right now. */
  unavailable: 7,
  /** The task that was waited for ended otherwise than `succeeded`. */
  taskNotSucceeded: 8,
  /** A check found something: `audit verify`, `doctor`. */
  checkFailed: 9,
} as const

export const exitCodeOfStatus = (status: number): number => {
  switch (status) {
    case 400:
    case 413:
    case 415:
      return exitCodes.usage
    case 401:
      return exitCodes.notSignedIn
    case 403:
      return exitCodes.notAllowed
    case 404:
      return exitCodes.notFound
    case 409:
      return exitCodes.conflict
    case 429:
    case 502:
    case 503:
    case 504:
      return exitCodes.unavailable
    default:
      return exitCodes.failed
  }
}
