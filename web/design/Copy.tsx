import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'

/** A short text with its copy button: ids, ARNs, hashes. `shown` replaces what is read, not what is copied. */
export const Copy = ({ text, what, shown }: { text: string; what: string; shown?: string }) => (
  <CopyToClipboard
    variant="inline"
    textToCopy={text}
    textToDisplay={shown ?? text}
    copyButtonAriaLabel={`Copy the ${what}`}
    copySuccessText="Copied"
    copyErrorText="Could not copy"
  />
)
