/** The pseudo-Region of what AWS keeps once for an account. */
export const globalRegion = 'global'
