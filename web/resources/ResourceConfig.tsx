import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import { CodeBlock } from '../design/CodeBlock.tsx'

/** All that AWS says about a resource, as it says it. */
export const ResourceConfig = ({ config }: { config: Record<string, unknown> }) => (
  <Container
    header={
      <Header variant="h2" description="As the AWS API describes it.">
        Configuration
      </Header>
    }
  >
    <CodeBlock label="Configuration" text={JSON.stringify(config, null, 2)} />
  </Container>
)
