import { expect, test } from 'vitest';
import { cardBody } from '../../api/queries/card.ts';
import { toItem } from '../../api/queries/jobs.ts';
import { makeCard } from '../../worker/card.ts';
import type { Posting, Score } from '../../worker/posting.ts';

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

test('id and state join the stored text without reading it', () => {
  expect(JSON.parse(toItem({ id: '7', state: 'open', card: '{"title":"}{"}' }))).toEqual({
    id: '7',
    state: 'open',
    title: '}{',
  });
});
