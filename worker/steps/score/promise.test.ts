import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { promiseOf } from './promise.ts';

const adverts = readFileSync(join(import.meta.dirname, 'fixtures/adverts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { title: string; company: string; relevant: boolean });

describe('a title', () => {
  test.each([
    'IAM Engineer',
    'Okta Trainer',
    'SailPoint IdentityIQ Developer',
    'Access Governance Analyst (SAP GRC, SailPoint)',
  ])('that says it promises most: %s', (title) => {
    expect(promiseOf(title, null)).toBeGreaterThan(0);
  });

  test.each([
    'Security Engineer',
    'Information Security Analyst',
    'IT-Sicherheitsbeauftragte:r',
    'Ingénieur sécurité',
    'Cybersecurity Consultant',
    'Systems Analyst',
    'IT Specialist (INFOSEC)',
    'Staff Engineer, Trust Platform',
    'Berechtigungsmanager',
    'Systemadministrator (m/w/d)',
  ])('that may hide it is worth a look: %s', (title) => {
    expect(promiseOf(title, null)).toBeGreaterThanOrEqual(0);
  });

  test.each([
    'Barista',
    'Warehouse Team Lead',
    'Claims Adjuster – Auto',
    'Frontend Developer',
    'Account Executive, Identity',
    '',
  ])('behind which there is none is not: %s', (title) => {
    expect(promiseOf(title, null)).toBeUndefined();
  });
});

test('of the labelled adverts no relevant one is passed over, and most others are', () => {
  const passed = (relevant: boolean) =>
    adverts.filter((advert) => advert.relevant === relevant && promiseOf(advert.title, advert.company) === undefined);
  expect(adverts.length).toBeGreaterThan(40);
  expect(passed(true).map(({ title }) => title)).toEqual([]);
  const others = adverts.filter(({ relevant }) => !relevant).length;
  expect(passed(false).length).toBeGreaterThan(others * 0.4);
});
