const name = 'orchestrator_refresh'
/** Sent to nothing but the routes that need it. */
const path = '/api/v1/auth'

/** The refresh token of a request, if it carries one. */
export const readRefreshCookie = (header: string | undefined): string | undefined => {
  for (const pair of header?.slice(0, 16_384).split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name && value) return value
  }
  return undefined
}

const isLoopback = (ip: string): boolean => ip === '::1' || /^(::ffff:)?127\./.test(ip)

/**
 * The Set-Cookie header of a refresh token; 0 seconds deletes it. `Secure` unless the request is plain http from loopback,
 * which is how one tries the product on a laptop; over plain http from elsewhere browsers then refuse the cookie.
 */
export const refreshCookie = (
  value: string,
  maxAgeSeconds: number,
  request: { protocol: string; ip: string },
): string => {
  const isPlainLoopback = request.protocol === 'http' && isLoopback(request.ip)
  return [
    `${name}=${value}`,
    'HttpOnly',
    'SameSite=Strict',
    `Path=${path}`,
    `Max-Age=${maxAgeSeconds}`,
    ...(isPlainLoopback ? [] : ['Secure']),
  ].join('; ')
}
