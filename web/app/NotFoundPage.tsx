import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'

export const NotFoundPage = () => (
  <Box textAlign="center" padding={{ vertical: 'xxxl' }}>
    <SpaceBetween size="m">
      <Box variant="h1">There is no such page</Box>
      <Box color="text-body-secondary">The address may be mistyped, or what it showed no longer exists.</Box>
      <Button href="/resources" variant="primary">
        Go to the resources
      </Button>
    </SpaceBetween>
  </Box>
)
