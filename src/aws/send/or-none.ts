import { AwsFailure } from '../failure.ts'

/** What a read brings, or undefined where AWS says with one of these codes that there is none. */
export const orNone = async <Output>(read: Promise<Output>, ...codes: string[]): Promise<Output | undefined> => {
  try {
    return await read
  } catch (error) {
    if (error instanceof AwsFailure && codes.includes(error.code)) return undefined
    throw error
  }
}
