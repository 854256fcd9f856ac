import { describe, expect, test } from 'vitest';
import { FetchError } from '../../shared/errors.ts';
import { tenantBase, withToken } from './tenant.ts';

const board = (token: string) => ({ token, company: null, region: '' });

describe("an employer's host", () => {
  test('has the token where the address has a place for it, else behind the address', () => {
    expect(tenantBase('https://{token}.recruitee.com', board('Acme-2'))).toBe('https://acme-2.recruitee.com');
    expect(tenantBase('http://127.0.0.1:99/recruitee', board('acme'))).toBe('http://127.0.0.1:99/recruitee/acme');
    expect(withToken('https://{token}', 'example.com/$&/jobs')).toBe('https://example.com/$&/jobs');
  });

  test.each([
    'acme.evil.example/',
    'acme.',
    'a.b',
    'evil.example#',
    'user@evil.example:1',
    '..',
    '-acme',
    'acme-',
    '',
    'münchen',
    'a b',
    'x'.repeat(64),
    '*',
    '{token}',
  ])('cannot be made of %j', (token) => {
    expect(() => tenantBase('https://{token}.recruitee.com', board(token))).toThrow(FetchError);
  });
});
