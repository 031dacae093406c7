import { createClient } from '../../test/support/client.ts'

/** An API token's worth of the first administrator's rights, for a client of the benchmark. */
export const signInFor = async (url: string, password: string): Promise<string> => {
  const login = { email: 'admin@localhost', password }
  return (await createClient(url).ok<{ accessToken: string }>('POST', '/auth/login', login)).accessToken
}
