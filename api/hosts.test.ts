import { describe, expect, test } from 'vitest';
import { isOurHost } from './hosts.ts';

const none = { publicUrl: undefined };

describe('isOurHost', () => {
  test.each([
    ['localhost:5000', true],
    ['127.0.0.1:5000', true],
    ['[::1]:5000', true],
    ['LocalHost:5000', true],
    ['localhost', false],
    ['localhost:5001', false],
    ['localhost.:5000', false],
    ['0.0.0.0:5000', false],
    ['::1:5000', false],
    ['user@localhost:5000', false],
    [undefined, false],
  ])('without PUBLIC_URL on port 5000, %s: %s', (host, ours) => {
    expect(isOurHost(host, 5000, none)).toBe(ours);
  });

  test('on port 80 the port may be left out', () => {
    expect(isOurHost('localhost', 80, none)).toBe(true);
  });

  test.each([
    ['http://scout.example', 'scout.example', true],
    ['http://scout.example', 'scout.example:80', true],
    ['http://scout.example', 'scout.example:443', false],
    ['https://scout.example:8443/x', 'scout.example:8443', true],
    ['https://scout.example:8443/x', 'scout.example', false],
    ['http://[2001:db8::1]:5000', '[2001:db8::1]:5000', true],
  ])('with PUBLIC_URL %s, %s: %s', (publicUrl, host, ours) => {
    expect(isOurHost(host, 5000, { publicUrl })).toBe(ours);
  });
});
