import Box from '@cloudscape-design/components/box'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'

/** Text to take elsewhere (a command, a request), with a copy button. */
export const CodeBlock = ({ text, label }: { text: string; label: string }) => (
  <div className="code-block">
    <div className="code-block-copy">
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={`Copy: ${label}`}
        copySuccessText="Copied"
        copyErrorText="Could not copy"
      />
    </div>
    <Box variant="code">
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
    </Box>
  </div>
)
