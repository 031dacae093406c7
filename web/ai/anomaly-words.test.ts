import { expect, test } from 'vitest'
import { joinedWords } from './anomaly-words.ts'

test('what made it part of an incident is said with the way that leads there', () => {
  const balancer = { id: 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/1', name: 'web' }
  expect(
    joinedWords({
      kind: 'relation',
      resource: balancer,
      path: [
        { kind: 'target-group', id: 'arn:tg', name: 'tg-web', type: 'elb.target-group' },
        { kind: 'load-balancer', ...balancer, type: 'elb.load-balancer' },
      ],
    }),
  ).toBe('Part of one incident with web: related by the target group tg-web, the load balancer web.')
  expect(joinedWords({ kind: 'tags', resource: null, path: [] })).toContain('app and env')
  expect(joinedWords({ kind: 'driver', resource: balancer, path: [] })).toContain('web, which makes up for it')
})
