import { describe, expect, test } from 'vitest';
import { partsOf } from './multipart.ts';

const TYPE = 'multipart/form-data; boundary=XyZ';
const part = (name: string, value: string, more = '') =>
  `--XyZ\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

describe('a form with a file', () => {
  test('gives its parts, bytes as they are', () => {
    const body = Buffer.from(
      `${part('file', '{"a":\r\n"--Xy"}', '; filename="a.json"')}${part('merge', 'true')}--XyZ--\r\n`,
    );
    const parts = partsOf(body, TYPE);
    expect(parts?.get('file')?.toString()).toBe('{"a":\r\n"--Xy"}');
    expect(parts?.get('merge')?.toString()).toBe('true');
    expect(partsOf(body, 'multipart/form-data; boundary="XyZ"')?.size).toBe(2);
  });

  test('that ends early, has no boundary or no head is none', () => {
    const whole = `${part('file', 'x')}--XyZ--`;
    expect(partsOf(Buffer.from(whole), TYPE)?.size).toBe(1);
    for (const cut of [
      whole.slice(0, -2),
      whole.slice(0, -8),
      '',
      'x',
      '--XyZ',
      '--XyZ\r\n\r\n',
      '--XyZ\r\nA: b\r\n--XyZ--',
    ])
      expect(partsOf(Buffer.from(cut), TYPE), cut).toBeUndefined();
    expect(partsOf(Buffer.from(whole), 'multipart/form-data')).toBeUndefined();
    expect(partsOf(Buffer.from(part('a', '1').repeat(50)), TYPE)).toBeUndefined();
  });
});
