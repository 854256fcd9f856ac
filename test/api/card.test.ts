import { expect, test } from 'vitest';
import { cardBody } from '../../api/queries/card.ts';
import { understoodOf } from '../../api/queries/understood.ts';
import { makeCard } from '../../worker/card.ts';
import type { Posting, Score } from '../../worker/posting.ts';
import { normalise, wordsOf } from '../../worker/steps/normalise/normalise.ts';
import { score as scoreOf } from '../../worker/steps/score/score.ts';
import { factsOf } from '../../worker/store/rows.ts';

const posting: Posting = {
  nativeId: '1',
  url: 'https://jobs.example/1',
  applyUrls: [],
  title: 'IAM engineer',
  company: null,
  places: [],
  country: null,
  workMode: 'unknown',
  pay: { raw: '1', min: 1, max: null, currency: null, period: null, estimated: true },
  statedAt: new Date('2026-11-01T00:00:00Z'),
  textIsCut: false,
  employment: ['full_time'],
  html: '',
  text: '',
};
const score: Score = {
  points: 9,
  relevant: true,
  terms: ['iam'],
  parts: [{ term: 'iam', label: 'IAM', phrase: 'IAM', place: 'title', points: 9 }],
};

test('the card that the worker writes is the card that the API promises, member for member', () => {
  for (const some of [posting, { ...posting, pay: null, statedAt: null }]) {
    const card = makeCard(some, score, 'lever', new Date('2026-11-02T00:00:00Z'));
    expect(cardBody.strict().parse(JSON.parse(card))).toEqual(JSON.parse(card));
  }
});

test('what the worker understood of an advert is told with its words', () => {
  const stated = {
    ...posting,
    title: 'Senior PAM Engineer',
    places: ['Austin, TX', 'Remote - US'],
    employment: [],
    pay: null,
    html: '<p>Run CyberArk with SAML. An active Secret clearance is required. The pay is $60 to $70 an hour.</p><p>This role is hybrid, with two days a week in the office.</p>',
    plain: null,
  };
  const read = normalise(stated, 'lever');
  const stored: unknown = JSON.parse(JSON.stringify(factsOf(read, scoreOf(wordsOf(stated)))));
  expect(understoodOf(stored)).toMatchObject({
    disciplines: [{ name: 'pam', phrase: 'PAM' }],
    vendors: [{ name: 'CyberArk', phrase: 'CyberArk' }],
    protocols: [{ name: 'SAML', phrase: 'SAML' }],
    seniority: { name: 'senior', phrase: 'Senior' },
    clearance: { name: 'secret' },
    pay: { yearly: { min: 124_800, max: 145_600, times: 2080 }, from: 'text' },
    places: [{ city: 'Austin', region: 'TX', country: 'US' }],
    conflict: { stated: 'remote', told: 'hybrid' },
  });
});

test('what an earlier release stored is understood as nothing', () => {
  for (const facts of [undefined, null, {}, { posting: {} }]) expect(understoodOf(facts)).toBeNull();
});
