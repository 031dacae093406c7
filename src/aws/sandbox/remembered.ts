/** What is costly to make and always the same: made when it is first asked for, and kept by its key. */
export const remembered = <Subject, Value>(
  keyOf: (subject: Subject) => string,
  make: (subject: Subject) => Value,
): ((subject: Subject) => Value) => {
  const kept = new Map<string, Value>()
  return (subject) => {
    const key = keyOf(subject)
    let value = kept.get(key)
    if (value === undefined) kept.set(key, (value = make(subject)))
    return value
  }
}
