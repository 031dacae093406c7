import { AppError } from '#platform/app-error.ts'
import { AwsFailure } from '#aws/failure.ts'

/** What is kept and shown of a failed read: AWS's own words, nothing of our inside. */
export const failureText = (error: unknown): string => {
  if (error instanceof AwsFailure) return `${error.code}: ${error.message}`.slice(0, 1000)
  if (error instanceof AppError) return error.message.slice(0, 1000)
  return 'It could not be read because of an internal error; the log has more.'
}
