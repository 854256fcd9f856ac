import { describe, expect, test } from 'vitest';
import { digits, names, words } from './inputs.ts';

describe('words', () => {
  test.each([
    ['Inge\u0301nieur', 'Ingénieur'],
    ['okta\u00A0engineer', 'okta engineer'],
    ['okta\u3000engineer\n', 'okta engineer'],
    ['ok\u00ADta\u200B', 'okta'],
    ['\uFEFF okta \t saml ', 'okta saml'],
    ['"identity  governance" -pam', '"identity governance" -pam'],
  ])('%j are looked for as texts are stored: %j', (typed, read) => {
    expect(words.parse(typed)).toBe(read);
  });

  test('names of companies, too', () => {
    expect(names(/./, 'names', 5, false).parse(['Cafe\u0301\u00A0Nero '])).toEqual(['Café Nero']);
  });
});

test.each(['', ' 5', '+5', '-5', '1e1', '0x10', '5.0', '5,0', '٥', '101', '0', '9'.repeat(30)])(
  '%j is no whole number from 1 to 100',
  (text) => {
    const { error } = digits(1, 100).safeParse(text);
    expect(error?.issues.map(({ message }) => message)).toEqual(['must be a whole number from 1 to 100']);
  },
);
