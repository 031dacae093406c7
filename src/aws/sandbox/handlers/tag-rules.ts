import { awsError } from '../aws-error.ts'

/** Throws what AWS says of a tag that can't be. */
export const refuseTag = (key: string, value: string): void => {
  if (/^aws:/i.test(key)) {
    throw awsError('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use")
  }
  if (key === '' || key.length > 127)
    throw awsError('InvalidParameterValue', `Tag key exceeds the maximum length of 127 characters or is empty`)
  if (value.length > 256)
    throw awsError('InvalidParameterValue', 'Tag value exceeds the maximum length of 256 characters')
}
