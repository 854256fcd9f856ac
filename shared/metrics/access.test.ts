import { describe, expect, test } from 'vitest';
import { isLoopbackAddress, mayReadMetrics } from './access.ts';

const TOKEN = 'f3a9c1d47b60e582f3a9c1d47b60e582';

describe('without a token', () => {
  test.each([
    ['127.0.0.1', {}, true],
    ['127.8.9.1', {}, true],
    ['::1', {}, true],
    ['::ffff:127.0.0.1', {}, true],
    ['192.168.1.5', {}, false],
    ['::ffff:10.0.0.1', {}, false],
    ['128.127.0.1', {}, false],
    ['127.evil.example', {}, false],
    ['', {}, false],
    [undefined, {}, false],
    ['127.0.0.1', { 'x-forwarded-for': '203.0.113.1' }, false],
    ['127.0.0.1', { 'x-forwarded-for': '' }, false],
    ['127.0.0.1', { forwarded: 'for=1' }, false],
    ['127.0.0.1', { 'x-real-ip': '203.0.113.1' }, false],
    ['127.0.0.1', { via: '1.1 proxy' }, false],
    ['127.0.0.1', { authorization: 'Bearer x' }, true],
  ])('%s with %j: %s', (remoteAddress, headers, allowed) => {
    expect(mayReadMetrics({ remoteAddress, headers }, undefined)).toBe(allowed);
  });
});

describe('with a token', () => {
  test.each([
    [`Bearer ${TOKEN}`, true],
    [`bearer ${TOKEN}`, true],
    [`Bearer ${TOKEN}x`, false],
    [`Bearer ${TOKEN.toUpperCase()}`, false],
    [`Basic ${TOKEN}`, false],
    [TOKEN, false],
    ['Bearer', false],
    ['', false],
    [undefined, false],
  ])('Authorization %s: %s, from anywhere', (authorization, allowed) => {
    for (const remoteAddress of ['127.0.0.1', '203.0.113.1'])
      expect(mayReadMetrics({ remoteAddress, headers: { authorization } }, TOKEN)).toBe(allowed);
  });
});

test('names are no addresses', () => {
  expect(isLoopbackAddress('localhost')).toBe(false);
});
