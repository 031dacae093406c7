/** The company that the sandbox plays: what it runs, who owns it, and what it is charged to. */
export const apps = [
  { name: 'checkout', team: 'payments', costCenter: 'cc-1010' },
  { name: 'catalog', team: 'storefront', costCenter: 'cc-1020' },
  { name: 'search', team: 'storefront', costCenter: 'cc-1020' },
  { name: 'orders', team: 'fulfilment', costCenter: 'cc-1030' },
  { name: 'inventory', team: 'fulfilment', costCenter: 'cc-1030' },
  { name: 'shipping', team: 'fulfilment', costCenter: 'cc-1030' },
  { name: 'pricing', team: 'storefront', costCenter: 'cc-1020' },
  { name: 'identity', team: 'platform', costCenter: 'cc-2010' },
  { name: 'billing', team: 'payments', costCenter: 'cc-1010' },
  { name: 'ledger', team: 'payments', costCenter: 'cc-1010' },
  { name: 'notify', team: 'platform', costCenter: 'cc-2010' },
  { name: 'reports', team: 'data', costCenter: 'cc-3010' },
  { name: 'ingest', team: 'data', costCenter: 'cc-3010' },
  { name: 'features', team: 'machine-learning', costCenter: 'cc-3020' },
  { name: 'training', team: 'machine-learning', costCenter: 'cc-3020' },
  { name: 'gateway', team: 'platform', costCenter: 'cc-2010' },
  { name: 'jenkins', team: 'developer-tools', costCenter: 'cc-2020' },
  { name: 'artifacts', team: 'developer-tools', costCenter: 'cc-2020' },
  { name: 'bastion', team: 'security', costCenter: 'cc-2030' },
  { name: 'vault', team: 'security', costCenter: 'cc-2030' },
  { name: 'grafana', team: 'observability', costCenter: 'cc-2040' },
  { name: 'kafka', team: 'data', costCenter: 'cc-3010' },
  { name: 'support', team: 'customer-care', costCenter: 'cc-1040' },
  { name: 'website', team: 'marketing', costCenter: 'cc-1050' },
] as const

export const roles = ['web', 'api', 'worker', 'db'] as const
export type Role = (typeof roles)[number]

export const owners = [
  'amara.okafor',
  'ben.fischer',
  'chen.wei',
  'dana.levi',
  'elena.rossi',
  'farid.haddad',
  'grace.kim',
  'hugo.martin',
  'ines.silva',
  'jonas.berg',
  'kavya.rao',
  'lucas.nowak',
  'maya.cohen',
  'nadia.petrova',
  'omar.diallo',
  'priya.nair',
] as const

/** Types by what a machine does: weights, so that a few types make up most of an estate. */
export const typesOf: Record<Role, readonly (readonly [number, string])[]> = {
  web: [
    [6, 't3.medium'],
    [4, 't3.large'],
    [3, 'm6i.large'],
    [2, 'c6i.large'],
    [2, 't4g.medium'],
  ],
  api: [
    [5, 'm6i.large'],
    [4, 'm6i.xlarge'],
    [3, 'c6i.xlarge'],
    [3, 'm7g.large'],
    [1, 't3.large'],
  ],
  worker: [
    [4, 'c6i.xlarge'],
    [3, 'c6i.2xlarge'],
    [3, 'm5.large'],
    [1, 'm5d.large'],
    [1, 'c5d.xlarge'],
  ],
  db: [
    [4, 'r6i.large'],
    [3, 'r6i.xlarge'],
    [2, 'r6i.2xlarge'],
    [1, 'i3.large'],
    [1, 'i4i.xlarge'],
  ],
}
