import type { Aws } from '#aws/cloud.ts'

/** Services of a cloud that has nothing there. */
export const emptyServices: Pick<Aws, 's3' | 'lambda' | 'iam' | 'tagging' | 'cloudcontrol'> = {
  s3: async () => ({
    listBuckets: async function* () {},
    findBuckets: async () => [],
    describeBucket: async () => undefined,
  }),
  lambda: async () => ({
    listFunctions: async function* () {},
    listVersions: async function* () {},
    getFunction: async () => undefined,
    listProvisionedConcurrency: async () => [],
    listAliases: async () => [],
    getAlias: async () => undefined,
    listLayers: async function* () {},
    getLayer: async () => undefined,
    listEventSources: async function* () {},
    limits: async () => ({ concurrency: 1000, unreservedConcurrency: 1000 }),
    getEventSource: async () => undefined,
  }),
  iam: async () => ({ listRoles: async function* () {}, getRole: async () => undefined }),
  tagging: async () => ({ listResources: async function* () {}, describeResources: async () => [] }),
  cloudcontrol: async () => ({ getResource: async () => undefined }),
}
