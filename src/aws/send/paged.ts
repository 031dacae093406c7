/** The pages of a list, one call each, until AWS names no next one. */
export async function* paged<Output>(
  ask: (token: string | undefined) => Promise<Output>,
  next: (output: Output) => string | undefined,
): AsyncGenerator<Output> {
  let token: string | undefined
  do {
    const output = await ask(token)
    yield output
    token = next(output)
  } while (token)
}
