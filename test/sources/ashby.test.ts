import { expect, test } from 'vitest';
import { HTTP_LIMITS } from '../../worker/http/limits.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import fixture from '../../worker/sources/fixtures/ashby.json' with { type: 'json' };
import { FIXTURES } from './fixture.ts';
import { firstRequest, idsOf, internetOf, read } from './kit.ts';

const { items, board } = FIXTURES.ashby;

test('asks for pay, which is missing without a word otherwise', async () => {
  const internet = await internetOf('ashby', items);
  const { items: got } = await read('ashby', internet);
  expect(internet.requests.map((r) => r.path)).toEqual([
    '/posting-api/job-board/lorem-logistics?includeCompensation=true',
  ]);
  expect(CONNECTORS.ashby.toPosting(got[0], board).pay).not.toBeNull();
  const bare = await fetch(`${internet.urls.ashby}/posting-api/job-board/lorem-logistics`).then((answer) =>
    answer.text(),
  );
  expect(bare).not.toContain('"compensation"');
});

test('a posting that is not listed is not there, not even as a broken one', async () => {
  const internet = await internetOf('ashby', [fixture.unlisted, ...items]);
  const { items: got, invalid, end } = await read('ashby', internet);
  expect(idsOf('ashby', got)).not.toContain(fixture.unlisted.id);
  expect(got).toHaveLength(items.length);
  expect(invalid).toEqual([]);
  expect(end?.complete).toBe(true);
});

test('a posting that does not say whether it is listed, and a row that is none, are not lost', async () => {
  const internet = await internetOf('ashby', []);
  const unsaid = { ...items[0], isListed: undefined };
  internet.setFaults('ashby', { kind: 'body', body: { jobs: [unsaid, null, 'x'], apiVersion: '1' } });
  const { items: got, invalid } = await read('ashby', internet);
  expect([got.length, invalid.length]).toEqual([1, 2]);
});

test('a name keeps its letters and cannot leave its place in the address', async () => {
  const internet = await internetOf('ashby', items);
  internet.data.ashby = { 'Lorem Logistics/../x': items };
  const { items: got } = await read('ashby', internet, { board: { token: 'Lorem Logistics/../x' } });
  expect(got).toHaveLength(items.length);
  expect(internet.requests[0]?.path).toContain('/job-board/Lorem%20Logistics%2F..%2Fx?');
});

test('a large board gets half a minute for the head of its answer, and room for every text twice', async () => {
  const { patience = 1, bytesMax = 0 } = await firstRequest('ashby');
  expect(patience * HTTP_LIMITS.headersMs).toBe(30_000);
  expect(bytesMax).toBeGreaterThan(HTTP_LIMITS.bytesMax);
});
