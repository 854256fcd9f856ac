import { expect, test } from 'vitest';
import { isForged } from './cross-site.ts';

const cookie = { cookie: 'a=b', host: 'localhost:5000' };

test.each([
  ['GET', { ...cookie, 'sec-fetch-site': 'cross-site' }, false],
  ['HEAD', { ...cookie, origin: 'https://evil.example' }, false],
  ['POST', { host: 'localhost:5000', origin: 'https://evil.example' }, false],
  ['POST', { ...cookie, 'sec-fetch-site': 'same-origin' }, false],
  ['POST', { ...cookie, 'sec-fetch-site': 'none' }, false],
  ['POST', { ...cookie, 'sec-fetch-site': 'same-site', origin: 'http://localhost:5000' }, true],
  ['POST', { ...cookie, 'sec-fetch-site': 'Same-Origin' }, true],
  ['POST', { ...cookie, origin: 'http://localhost:5000' }, false],
  ['POST', { ...cookie, origin: 'http://localhost:5001' }, true],
  ['POST', { ...cookie, origin: 'null' }, true],
  ['POST', { ...cookie, origin: '' }, true],
  ['DELETE', cookie, true],
  ['PURGE', { ...cookie, 'sec-fetch-site': 'cross-site' }, true],
])('%s with %j is forged: %s', (method, headers, forged) => {
  expect(isForged({ method, headers })).toBe(forged);
});
