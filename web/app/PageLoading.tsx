import Box from '@cloudscape-design/components/box'
import StatusIndicator from '@cloudscape-design/components/status-indicator'

export const PageLoading = () => (
  <Box padding="xxl" textAlign="center">
    <StatusIndicator type="loading">Loading</StatusIndicator>
  </Box>
)
