import type { FieldError } from '#contracts/problem.ts'
import type { Account } from '../cloud.ts'
import { errors } from '../errors.ts'

const regionPattern = /^[a-z]{2}(?:-[a-z]+)+-\d$/
const roleArnPattern = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]{1,512}$/
/** What STS takes as an ExternalId. */
const externalIdPattern = /^[\w+=,.@:/-]{2,1224}$/

/** Throws `account_invalid` with one error for each wrong field. */
export const validateAccount = (account: Account): void => {
  const wrong: FieldError[] = []
  const refuse = (path: string, message: string, value?: unknown): void =>
    void wrong.push({ path, message, ...(value === undefined ? {} : { value }) })
  const { id, name, cloud, regions, credentials } = account

  if (!/^\d{12}$/.test(id)) refuse('id', 'An account id has 12 digits.', id)
  if (name.trim() === '' || name.length > 200 || name.includes('\u0000'))
    refuse('name', 'A name has 1 to 200 characters.', name)
  if (regions.length === 0) refuse('regions', 'Name at least one Region.')
  for (const region of regions)
    if (!regionPattern.test(region)) refuse('regions', 'This is not a Region, such as "eu-west-1".', region)
  if ((cloud === 'sandbox') !== (credentials.kind === 'sandbox')) {
    refuse(
      'credentials.kind',
      `Credentials of kind "${credentials.kind}" are not for an account of the cloud "${cloud}".`,
    )
  }
  if (credentials.kind === 'role') {
    const owner = roleArnPattern.exec(credentials.roleArn)?.[1]
    if (owner === undefined) refuse('credentials.roleArn', 'This is not the ARN of an IAM role.', credentials.roleArn)
    else if (owner !== id)
      refuse('credentials.roleArn', `The role belongs to account ${owner}, not to ${id}.`, credentials.roleArn)
    // The value itself is not repeated: an ExternalId is treated as a secret.
    if (credentials.externalId !== null && !externalIdPattern.test(credentials.externalId)) {
      refuse('credentials.externalId', 'An ExternalId has 2 to 1,224 characters: letters, digits and any of _+=,.@:/-')
    }
  }
  if (credentials.kind === 'profile' && !/^[^\s[\]\u0000]{1,200}$/.test(credentials.profile)) {
    refuse('credentials.profile', 'This is not the name of a profile.', credentials.profile)
  }
  if (wrong.length > 0) {
    throw errors.account_invalid(
      `The account "${id}" can't be kept like this: ${wrong.map(({ message }) => message).join(' ')}`,
      {
        errors: wrong,
      },
    )
  }
}
