import { test } from 'node:test'
import assert from 'node:assert/strict'
import { hasProductionTag, isProtected, liftedSafeguards, managerOf } from './safeguards.ts'

test('any value of the protected tag protects, but false', () => {
  assert.equal(isProtected({ 'orchestrator:protected': '' }), true)
  assert.equal(isProtected({ 'orchestrator:protected': 'yes' }), true)
  assert.equal(isProtected({ 'orchestrator:protected': 'False' }), false)
  assert.equal(isProtected({ protected: 'true' }), false)
  assert.equal(isProtected({}), false)
})

test('production is env, environment or stage with prod, production or live', () => {
  for (const key of ['env', 'environment', 'stage', 'Env', 'STAGE']) {
    for (const value of ['prod', 'production', 'live', 'Prod', ' LIVE '])
      assert.equal(hasProductionTag({ [key]: value }), true)
  }
  assert.equal(hasProductionTag({ env: 'preprod' }), false)
  assert.equal(hasProductionTag({ env: 'nonprod' }), false)
  assert.equal(hasProductionTag({ name: 'prod' }), false)
})

test('the managers of instances are known by the tags that AWS documents', () => {
  assert.equal(managerOf({ 'aws:autoscaling:groupName': 'web' }), 'the Auto Scaling group "web"')
  assert.equal(
    managerOf({ 'eks:cluster-name': 'blue', 'aws:autoscaling:groupName': 'eks-1' }),
    'the EKS cluster "blue"',
  )
  assert.equal(managerOf({ 'kubernetes.io/cluster/green': 'owned' }), 'the Kubernetes cluster "green"')
  assert.equal(managerOf({ 'elasticbeanstalk:environment-name': 'shop' }), 'the Elastic Beanstalk environment "shop"')
  assert.equal(managerOf({ 'aws:cloudformation:stack-name': 'net' }), null)
})

test('taking a safeguard away is seen, replacing it by its equal is not', () => {
  assert.deepEqual(liftedSafeguards({ env: 'prod' }, { env: 'dev' }), ['the production mark'])
  assert.deepEqual(liftedSafeguards({ env: 'prod' }, { env: 'production' }), [])
  assert.deepEqual(liftedSafeguards({ env: 'prod', stage: 'live' }, { stage: 'live' }), [])
  assert.deepEqual(liftedSafeguards({ 'orchestrator:protected': '1' }, { 'orchestrator:protected': 'false' }), [
    'the protection',
  ])
  assert.deepEqual(liftedSafeguards({ 'eks:cluster-name': 'x' }, {}), ['the mark of its manager'])
  assert.deepEqual(liftedSafeguards({}, { env: 'prod', 'orchestrator:protected': '1' }), [])
})
