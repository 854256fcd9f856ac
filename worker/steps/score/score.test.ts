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
      'body prac.sso Federate',
      'body proto.saml SAML',
    ]);
    expect(terms).toEqual(['vendor.okta', 'vendor.sailpoint', 'prac.jml', 'prac.sso', 'proto.saml']);
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
    const { parts, terms } = scoreOf('Engineer', vendors);
    expect(pointsOf(parts.filter(({ place }) => place === 'body'))).toBe(12);
    expect(terms).toHaveLength(6);
  });
});

describe('what is not the work', () => {
  const bodyTerms = (text: string, company: string | null = 'Example Works') =>
    scoreOf('Engineer', text, company).parts.filter(({ place }) => place === 'body');

  test.each([
    [
      'what the employer sells',
      'About Example Works\n\nWe run SailPoint and Okta for others.\n\nYour job\n\nFix trucks.',
    ],
    ['perks', 'What we offer\n\n* Okta single sign-on to every tool\n* Fruit'],
    ['what would be nice', 'Nice to have:\n\n* SailPoint\n* CyberArk'],
    ['a sentence about the employer', 'Example Works protects identities with SailPoint and CyberArk.'],
    ['a denial', 'You do not need to know SailPoint or CyberArk.'],
    ['what is done elsewhere', 'No SailPoint knowledge required.'],
    ['German perks', 'Wir bieten\n\n* Zugang zu Okta und SailPoint'],
  ])('%s does not count', (_, text) => {
    expect(bodyTerms(text)).toEqual([]);
  });

  test.each([
    ['after the benefits', 'What we offer\n\n* Fruit\n\nYour tasks\n\n* SailPoint connectors'],
    ['where the employer seeks somebody', 'Example Works is looking for an engineer to run SailPoint.'],
    ['about the role', 'About the role\n\nRun SailPoint.'],
  ])('the work counts %s', (_, text) => {
    expect(bodyTerms(text).map(({ phrase }) => phrase)).toEqual(['SailPoint']);
  });

  test('is an abbreviation that the advert spells out as something else', () => {
    for (const title of [
      'Investment Account Manager (IAM)',
      'Site Safety Officer (SSO) Engineer',
      'Analyst, Integrated Asset Management (IAM)',
      'PAM (Property Asset Management) Analyst',
    ]) {
      expect(scoreOf(title).relevant, title).toBe(false);
    }
    expect(scoreOf('Identity & Access Management (IAM) Engineer').relevant).toBe(true);
    expect(scoreOf('PAM (Privileged Access Management) Analyst').relevant).toBe(true);
    expect(
      scoreOf('PAM Engineer', 'Privileged Access Management (PAM), once Property Asset Management (PAM).').relevant,
    ).toBe(true);
  });

  test('is one tool of many: the same words count where the text says little else', () => {
    const tools = 'Terraform, EKS, RDS, S3, Kafka, Redis, Grafana, Loki, Helm, Argo, Lambda, Keycloak, SAML, Postgres';
    expect(scoreOf('Engineer', tools).relevant).toBe(false);
    expect(scoreOf('Engineer', 'Keycloak realms, SAML clients').relevant).toBe(true);
  });
});

describe('the facts of a relevant advert', () => {
  const facts = (title: string, text = '') => scoreOf(title, text).facts;

  test('are disciplines, vendors and protocols with the words that say so', () => {
    const read = facts('PAM Engineer', 'Run CyberArk. Federate with SAML.');
    expect(read?.disciplines[0]).toEqual({ name: 'pam', phrase: 'PAM' });
    expect(read?.vendors).toEqual([{ name: 'CyberArk', phrase: 'CyberArk' }]);
    expect(read?.protocols).toEqual([{ name: 'SAML', phrase: 'SAML' }]);
    expect(facts('IAM Engineer')?.disciplines).toEqual([]);
  });

  test.each([
    ['IAM Engineer', undefined],
    ['Senior IAM Engineer', 'senior'],
    ['Sr. IAM Engineer', 'senior'],
    ['IAM Engineer III', 'senior'],
    ['IAM Engineer II', 'mid'],
    ['IAM Engineer I', 'junior'],
    ['IAM Intern', 'intern'],
    ['Werkstudent IAM (m/w/d)', 'intern'],
    ['Cyber_IN_IAM_Senior Associate', 'senior'],
    ['IAM Product Manager', undefined],
    ['IAM Manager', 'manager'],
    ['Manager, Identity & Access Management', 'manager'],
    ['Director, Identity & Access Management', 'director'],
    ['Head of IAM', 'executive'],
    ['Principal Identity Engineer', 'principal'],
    ['Lead SailPoint Developer', 'lead'],
  ])('"%s" is of level %s', (title, level) => {
    expect(facts(title)?.seniority?.name).toBe(level);
  });

  test.each([
    ['Active TS/SCI clearance required.', 'ts_sci'],
    ['Must hold a Top Secret clearance.', 'top_secret'],
    ['An active Secret clearance is needed.', 'secret'],
    ['Ability to obtain a Public Trust.', 'public_trust'],
    ['You are SC cleared.', 'sc'],
    ['DV clearance is a must.', 'dv'],
    ['No Secret clearance required.', undefined],
    ['CA Top Secret and RACF administration.', undefined],
    ['Rotate every secret in the vault.', undefined],
  ])('"%s" asks for %s', (text, level) => {
    expect(facts('IAM Engineer', text)?.clearance?.name).toBe(level);
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
        fc.string({ unit: 'binary', maxLength: 300 }),
        (a, b) => {
          expect(scoreOf(a, b)).toEqual(scoreOf(a, b));
        },
      ),
      { seed: 7, numRuns: 100 },
    );
  });

  test('of a megabyte, or of one word a hundred thousand times, is scored in a moment', () => {
    const before = process.cpuUsage();
    scoreOf('x'.repeat(1_000_000), 'identity '.repeat(200_000));
    scoreOf('identity access '.repeat(5_000), 'a'.repeat(1_000_000));
    scoreOf('Engineer', 'PAM ('.repeat(20_000));
    scoreOf('Engineer', `${'a\n'.repeat(49_000)}okta`);
    const { user, system } = process.cpuUsage(before);
    // Own CPU time, which other processes do not lengthen; one pass takes some 0.05 s.
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});
