import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { score } from './score.ts';

interface Row {
  readonly id: string;
  readonly family: string;
  readonly title: string;
  readonly company: string;
  readonly description: string;
  readonly relevant: boolean;
}
const rows = readFileSync(new URL('./fixtures/adverts.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const scoreOf = (title: string, text = '', company: string | null = null) => score({ title, text, company });
const pointsOf = (parts: readonly { readonly points: number }[]) => parts.reduce((sum, part) => sum + part.points, 0);

describe('what is kept', () => {
  test.each(rows)('$id $family: "$title" is relevant: $relevant', (row) => {
    const result = scoreOf(row.title, row.description, row.company);
    expect(result.relevant, JSON.stringify(result.parts)).toBe(row.relevant);
  });
});

describe('the reasons', () => {
  test('name the words of the advert as they stand there', () => {
    const { parts, terms } = scoreOf(
      'Okta Engineer',
      'Federate SaaS with SAML.\nRun  Joiner/Mover/Leaver in SailPoint.',
    );
    expect(parts.map(({ term, phrase, place }) => `${place} ${term} ${phrase}`)).toEqual([
      'title vendor.okta Okta',
      'body vendor.sailpoint SailPoint',
      'body prac.jml Joiner/Mover',
      'body proto.saml SAML',
    ]);
    expect(terms).toEqual(['vendor.okta', 'vendor.sailpoint', 'prac.jml', 'proto.saml']);
  });

  test('add up to the score, whatever the advert says', () => {
    const words = [
      'IAM',
      'Okta',
      'SailPoint',
      'identity',
      'access',
      'management',
      'governance',
      'SSO',
      'SAML',
      'PAM',
      'and',
      'recruiter',
      'driveway',
      'engineer',
      ',',
      '.\n',
      'privileged',
      'access review',
      'a plus',
      'lifecycle',
      'OAuth',
      '_',
      'é',
    ];
    const text = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(text, text, (title, body) => {
        const result = scoreOf(title, body);
        expect(pointsOf(result.parts)).toBe(result.points);
        expect(result.parts.every((part) => part.points !== 0)).toBe(true);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test('stop adding at the most that one group may give', () => {
    const vendors = 'SailPoint, Saviynt, CyberArk, ForgeRock, Okta and Ping Identity.';
    expect(pointsOf(scoreOf('Engineer', vendors).parts)).toBe(12);
    expect(scoreOf('Engineer', vendors).terms).toHaveLength(6);
  });
});

describe('words', () => {
  test('match whole and in their case only', () => {
    expect(scoreOf('Spammer in Miami, william').parts).toEqual([]);
    expect(scoreOf('iam engineer').parts).toEqual([]);
    expect(scoreOf('oktaÉ engineer').parts).toEqual([]);
    expect(scoreOf('_IAM_ engineer').parts).toHaveLength(1);
  });

  test('are found through odd blanks, hyphens and full-width letters', () => {
    for (const title of [
      'Single\u00a0Sign\u2011On Engineer',
      'single sign on engineer',
      'Ｏｋｔａ Engineer',
      'OKTA engineer',
    ]) {
      expect(scoreOf(title).parts.length, title).toBeGreaterThan(0);
    }
  });

  test('mean nothing where the sentence only mentions them', () => {
    expect(scoreOf('Developer', 'Okta and SailPoint are nice to have.').terms).toEqual([]);
    expect(scoreOf('Developer', 'Free fruit is nice to have.\nYou run Okta.').terms).toEqual(['vendor.okta']);
  });

  test('with several meanings count half in a title and nothing in a text, until another word confirms them', () => {
    expect(scoreOf('IAM Lead').points).toBe(8);
    expect(scoreOf('Lead', 'IAM').points).toBe(0);
    expect(scoreOf('IAM Lead', 'Our tool is SailPoint').points).toBe(14 + 9);
  });
});

describe('any input', () => {
  test('is scored without an error and the same every time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        (a, b) => {
          expect(scoreOf(a, b)).toEqual(scoreOf(a, b));
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  test('of a megabyte, or of one word a hundred thousand times, is scored in a moment', () => {
    const startedAt = performance.now();
    scoreOf('x'.repeat(1_000_000), 'identity '.repeat(200_000));
    scoreOf('identity access '.repeat(5_000), 'a'.repeat(1_000_000));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
