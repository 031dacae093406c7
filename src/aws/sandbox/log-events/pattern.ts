/**
 * Filter patterns for unstructured log events: words that must all be there, `?word` of which one must, `-word` that must not, and
 * "phrases in quotes". Case counts, as AWS has it. Undefined for JSON and other structured patterns.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const matcherOf = (pattern: string): ((message: string) => boolean) | undefined => {
  if (/^\s*[{[%]/.test(pattern)) return undefined
  const terms = [...pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(
    ([, sign = '', quoted, word]) => ({
      sign,
      text: quoted === undefined ? (word ?? '') : quoted.replaceAll(/\\(.)/g, '$1'),
    }),
  )
  const all = terms.filter(({ sign }) => sign === '')
  const some = terms.filter(({ sign }) => sign === '?')
  const none = terms.filter(({ sign }) => sign === '-')
  return (message) =>
    all.every(({ text }) => message.includes(text)) &&
    (some.length === 0 || some.some(({ text }) => message.includes(text))) &&
    !none.some(({ text }) => message.includes(text))
}
