/** A question to the inventory as people and programs ask it: of `GET /resources`, or of another route under it. */
export type Question = {
  name: string
  path?: '/facets' | '/summary' | '/query/suggest'
  query: Record<string, string>
  /** Pages to go on by the cursor; only the last one is measured. */
  pages?: number
}

// What the sandbox's company has. Every round asks with other values, so that nothing is answered from the round before.
const apps = ['checkout', 'vault', 'billing', 'orders', 'gateway', 'catalog', 'shipping', 'grafana']
const roles = ['api', 'web', 'worker', 'db']
const environments = ['prod', 'dev', 'staging', 'test', 'ci', 'shared']
const accounts = ['development', 'production', 'staging', 'shared-services']
const of = (values: readonly string[], round: number): string => values[round % values.length] ?? ''

/** About as often as each other; the bar is about all of them together. */
export const questionsOf = (round: number, known: { id: string; arn: string; name: string }): Question[] => {
  const [app, role, env, account] = [of(apps, round), of(roles, round), of(environments, round), of(accounts, round)]
  const type = of(['ec2.instance', 'ec2.volume'], round)
  return [
    { name: 'counts by type, as the console shows them', path: '/summary', query: {} },
    { name: 'everything', query: {} },
    { name: 'one type', query: { q: `type:${type}` } },
    { name: 'type, state and tag', query: { q: `type:ec2.instance state:running tag.env:${env}` } },
    {
      name: 'type, state, two tags and Region',
      query: { q: `type:ec2.instance state:stopped tag.env:${env} tag.app:${app} region:us-*` },
    },
    { name: 'one account', query: { q: `account:${account}` } },
    { name: 'common word', query: { q: app } },
    { name: 'two common words', query: { q: `${app} ${role}` } },
    { name: 'rare word', query: { q: known.name } },
    { name: 'word that nothing has', query: { q: `zebrafish${round}` } },
    { name: 'AWS id', query: { q: `id:${known.id}` } },
    { name: 'ARN alone', query: { q: known.arn } },
    { name: 'name with a wildcard', query: { q: `name:${app}-*` } },
    { name: 'without a tag', query: { q: `type:${type} -tag.owner:* tag.env:${env}` } },
    { name: 'neither nor', query: { q: `-type:ec2.volume -type:ec2.instance -state:OK account:${account}` } },
    { name: 'list of values', query: { q: `type:ec2.volume state:(available or error) tag.app:${app}` } },
    { name: 'either of two tags', query: { q: `type:ec2.instance (tag.env:${env} or tag.app:${app})` } },
    { name: 'dearest of all', query: { q: `region:${of(['us-east-1', 'eu-west-1'], round)}`, sort: '-cost' } },
    { name: 'dearest of a cheap type', query: { q: 'type:logs.group', sort: '-cost' } },
    { name: 'dear and old', query: { q: `cost:>${500 + round} age:>90d`, sort: '-cost' } },
    { name: 'field of the summary', query: { q: `instanceType:m5.* state:stopped tag.app:${app}` } },
    { name: 'youngest of a type', query: { q: `type:${type}`, sort: '-createdAt' } },
    { name: '20th page by name', query: { q: `type:ec2.instance state:running tag.env:${env}` }, pages: 20 },
    {
      name: 'facets of a type',
      path: '/facets',
      query: { q: `type:${type}`, by: 'account,region,state,tag.env' },
    },
    {
      name: 'facets of a few',
      path: '/facets',
      query: { q: `${app} tag.env:${env} state:stopped`, by: 'type,account,region,state' },
    },
    { name: 'completion of a tag', path: '/query/suggest', query: { q: `type:${type} tag.app:${app.slice(0, 3)}` } },
  ]
}
