import { describe, expect, test } from 'vitest';
import { redact } from './redact.ts';
import { firstWords } from './words.ts';

describe('the first words of an answer', () => {
  test.each([
    ['{"message":"Too many requests"}', 'Too many requests'],
    ['{"error":{"message":"boom","code":7}}', 'boom'],
    ['{"status":404,"error":"Job not found"}', 'Job not found'],
    ['{"display":"Authorisation failed","exception":"AUTH_FAIL"}', 'Authorisation failed'],
    ['{"detail":"No credentials"}', 'No credentials'],
    ['{"ok":false}', '{"ok":false}'],
    ['{"message":', '{"message":'],
    ['<html><script>let a = "<b>";</script><body>Sorry,\n we are  down</body>', 'Sorry, we are down'],
    ['', ''],
  ])('%s reads as %j', (body, expected) => {
    expect(firstWords(body)).toBe(expected);
  });

  test('are few, also of a megabyte', () => {
    expect(firstWords('word '.repeat(200_000)).length).toBe(161);
  });
});

describe('a secret', () => {
  const url = new URL('https://api.example/v1?app_id=abcd1234&app_key=K%2F%2Bey&what=id');

  test('is taken out as it is and as it stands in an address', () => {
    expect(redact('app_id=abcd1234&app_key=K%2F%2Bey&what=id (K/+ey)', url)).toBe(
      'app_id=***&app_key=***&what=id (***)',
    );
  });

  test('of a header is taken out, and what is no secret stays', () => {
    const headers = { 'X-RapidAPI-Key': 'kkkk', 'X-RapidAPI-Host': 'host.example', Authorization: 'Bearer tttt' };
    expect(redact('kkkk at host.example with Bearer tttt', url, headers)).toBe('*** at host.example with ***');
  });
});
