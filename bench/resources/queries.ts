/** A question to the inventory as people and programs ask it: of `GET /resources`, or of another route under it. */
export type Question = {
  name: string
  path?: '/facets' | '/summary' | '/query/suggest'
  query: Record<string, string>
  /** Pages to go on by the cursor; only the last one is measured. */
  pages?: number
}

/** About as often as each other; what the bar of 95 % is about. */
export const questions: readonly Question[] = [
  { name: 'everything', query: {} },
  { name: 'one type', query: { q: 'type:ec2.instance' } },
  { name: 'type, state and tag', query: { q: 'type:ec2.instance state:running tag.env:prod' } },
  {
    name: 'type, state, two tags and Region',
    query: { q: 'type:ec2.instance state:stopped tag.env:dev tag.team:payments region:eu-*' },
  },
  { name: 'one account', query: { q: 'account:production' } },
  { name: 'common word', query: { q: 'checkout' } },
  { name: 'two common words', query: { q: 'checkout worker' } },
  { name: 'rare word', query: { q: 'checkout-db-prod-1' } },
  { name: 'word that nothing has', query: { q: 'zebrafish' } },
  { name: 'AWS id', query: { q: 'id:$id' } },
  { name: 'ARN alone', query: { q: '$arn' } },
  { name: 'name with a wildcard', query: { q: 'name:vault-*' } },
  { name: 'without a tag', query: { q: 'type:ec2.instance -tag.owner:*' } },
  { name: 'neither nor', query: { q: '-type:ec2.volume -type:ec2.instance -state:OK' } },
  { name: 'list of values', query: { q: 'type:ec2.volume state:(available or error) volumeType:gp2' } },
  { name: 'either of two tags', query: { q: 'tag.env:test or tag.env:staging' } },
  { name: 'dearest of all', query: { sort: '-cost' } },
  { name: 'dearest log groups', query: { q: 'type:logs.group', sort: '-cost' } },
  { name: 'dear and old', query: { q: 'cost:>500 age:>90d', sort: '-cost' } },
  { name: 'field of the summary', query: { q: 'instanceType:m5.2xlarge state:stopped' } },
  { name: 'youngest instances', query: { q: 'type:ec2.instance', sort: '-createdAt' } },
  { name: '20th page by name', query: { q: 'type:ec2.instance state:running' }, pages: 20 },
  { name: 'facets of a type', path: '/facets', query: { q: 'type:ec2.instance', by: 'account,region,state,tag.env' } },
  {
    name: 'facets of a few',
    path: '/facets',
    query: { q: 'checkout tag.env:prod state:stopped', by: 'type,account,region,state' },
  },
  { name: 'completion of a tag', path: '/query/suggest', query: { q: 'type:ec2.instance tag.env:' } },
]
