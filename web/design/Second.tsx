import type { ReactNode } from 'react'
import Box from '@cloudscape-design/components/box'

/** The second line of a cell: smaller, and not as loud. */
export const Second = ({ children }: { children: ReactNode }) => (
  <Box fontSize="body-s" color="text-body-secondary">
    {children}
  </Box>
)
