/** A description of AWS as plain JSON: dates become ISO 8601, absent fields go. */
export const toJson = (description: object): Record<string, unknown> =>
  // What JSON.stringify made of an object parses to an object.
  JSON.parse(JSON.stringify(description)) as Record<string, unknown>
