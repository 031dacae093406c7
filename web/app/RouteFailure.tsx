import { useRouteError } from 'react-router'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'

/** The last net: a page whose code could not be loaded, or that failed while it was drawn. */
export const RouteFailure = () => {
  const error = useRouteError()
  return (
    <Box padding="xxl">
      <Alert
        type="error"
        header="This page could not be shown"
        action={<Button onClick={() => location.reload()}>Load the page again</Button>}
      >
        {error instanceof Error ? error.message : 'An unexpected error.'} If a new version was installed a moment ago,
        loading the page again helps.
      </Alert>
    </Box>
  )
}
