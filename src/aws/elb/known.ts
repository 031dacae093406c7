import { AwsFailure } from '../failure.ts'

const unknown = /^(?:LoadBalancer|TargetGroup)NotFound(?:Exception)?$/

/**
 * What AWS knows of these. It refuses a call whole that names an unknown one, and doesn't say which: then each half is asked
 * by itself. Hardly ever needed, and 20 names with one unknown among them cost about ten calls.
 */
export const known = async <One>(
  names: readonly string[],
  ask: (names: readonly string[]) => Promise<One[]>,
): Promise<One[]> => {
  if (names.length === 0) return []
  try {
    return await ask(names)
  } catch (error) {
    if (!(error instanceof AwsFailure) || !unknown.test(error.code)) throw error
    if (names.length === 1) return []
    const half = Math.ceil(names.length / 2)
    return [...(await known(names.slice(0, half), ask)), ...(await known(names.slice(half), ask))]
  }
}
