import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useUser } from '../auth/permissions.ts'

/** What a page shows whose data the server refused: who one is, and what to do about it. */
export const ForbiddenPage = ({ what }: { what: string }) => {
  const user = useUser()
  return (
    <Box textAlign="center" padding={{ vertical: 'xxxl' }}>
      <SpaceBetween size="m">
        <Box variant="h1">You may not see {what}</Box>
        <Box color="text-body-secondary">
          You are signed in as {user?.email} with the roles {user?.roles.join(', ')}. An administrator can give you
          another role.
        </Box>
        <Button href="/resources">Go to the resources</Button>
      </SpaceBetween>
    </Box>
  )
}
