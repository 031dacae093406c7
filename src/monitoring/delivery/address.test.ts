import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOfAddress, refusalOfUrl } from './address.ts'

const isSent = (address: string, isPrivateAllowed: boolean): boolean =>
  refusalOfAddress(address, isPrivateAllowed) === null

test('public addresses are sent to', () => {
  for (const address of [
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
  ]) {
    assert.ok(isSent(address, false), address)
  }
})

test('private ones only when that is allowed', () => {
  for (const address of [
    '127.0.0.1',
    '127.9.9.9',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd12::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
  ]) {
    assert.ok(!isSent(address, false), address)
    assert.ok(isSent(address, true), address)
  }
})

test('metadata services, link-local and reserved addresses never', () => {
  for (const address of [
    '169.254.169.254',
    '169.254.170.2',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'nonsense',
    '',
  ]) {
    assert.ok(!isSent(address, true), address)
  }
})

test('URLs that hide an address are seen through', () => {
  for (const url of [
    'http://169.254.169.254/latest',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fe80::1]/',
  ]) {
    assert.match(refusalOfUrl(url, true) ?? '', /link-local/, url)
  }
  for (const url of ['https://127.1/', 'https://2130706433/', 'https://[::1]:8443/']) {
    assert.match(refusalOfUrl(url, false) ?? '', /private/, url)
    assert.equal(refusalOfUrl(url, true), null, url)
  }
})

test('only https, without credentials in it', () => {
  assert.equal(refusalOfUrl('https://hooks.example.com/x?y=z', false), null)
  assert.match(refusalOfUrl('http://hooks.example.com/', false) ?? '', /https/)
  assert.match(refusalOfUrl('https://me:secret@example.com/', false) ?? '', /user name/)
  assert.match(refusalOfUrl('file:///etc/passwd', true) ?? '', /neither/)
  assert.match(refusalOfUrl('nonsense', true) ?? '', /not a URL/)
})
