/** The known-absent probe, against every source that has boards. */
import { describe, expect, test } from 'vitest';
import { SOURCE_NAMES, sourceInfo } from '../../shared/sources.ts';
import { probeAbsent } from '../../worker/boards/probe-absent.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { doorTo, NEVER, ownInternet, settingsOn } from './kit.ts';

const BOARD_SOURCES = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board');
const ACME = { token: 'acme', region: '' };
const PAGE = { token: 'careers.acme.example/jobs?dept=it', region: '' };
/** What each source says of a board without postings. */
const EMPTY = {
  greenhouse: { kind: 'body', body: { jobs: [], meta: { total: 0 } } },
  lever: { kind: 'body', body: [] },
  ashby: { kind: 'body', body: { jobs: [], apiVersion: '1' } },
  smartrecruiters: { kind: 'body', body: { offset: 0, limit: 100, totalFound: 0, content: [] } },
  workable: { kind: 'body', body: { name: 'x', jobs: [] } },
  recruitee: { kind: 'body', body: { offers: [] } },
  personio: { kind: 'text', text: '<?xml version="1.0"?><workzag-jobs></workzag-jobs>' },
  teamtailor: { kind: 'body', body: { title: 'x', items: [] } },
  bamboohr: { kind: 'body', body: { meta: { totalCount: 0 }, result: [] } },
  jsonld: { kind: 'text', text: '<script type="application/ld+json">{"@type":"Organization"}</script>' },
} as const;

test('ten sources have boards', () => {
  expect(Object.keys(EMPTY).toSorted()).toEqual(BOARD_SOURCES.toSorted());
});

describe.each(BOARD_SOURCES)('%s', (source) => {
  const board = source === 'jsonld' ? PAGE : ACME;
  async function probe(...faults: Parameters<Awaited<ReturnType<typeof ownInternet>>['setFaults']>[1][]) {
    const internet = await ownInternet();
    internet.setFaults(source, ...faults);
    const fetch = doorTo(internet).fetchFor(source, { signal: NEVER });
    const answer = await probeAbsent(CONNECTORS[source], settingsOn(internet)(source), fetch, board);
    return { ...answer, requests: internet.requests };
  }

  test('that refuses an unknown name tells it from an empty board, with one request', async () => {
    const { answer, requests } = await probe();
    expect(answer).toBe('tells apart');
    expect(requests).toHaveLength(1);
    expect(requests[0]?.path).toMatch(/zz[0-9a-f]{16}/);
  });

  test('that answers any name with an empty list cannot tell', async () => {
    const { answer, says } = await probe(EMPTY[source as keyof typeof EMPTY]);
    expect(answer).toBe('cannot tell');
    expect(says).toMatch(/^the surely absent name ".*zz[0-9a-f]{16}" gets an empty list$/);
  });

  test.each([
    ['is down', { kind: 'refuse', status: 503 }],
    ['says that we come too often', { kind: 'refuse', status: 429, headers: { 'retry-after': '3600' } }],
    ['refuses everybody', { kind: 'refuse', status: 403 }],
  ] as const)('that %s has told nothing', async (_what, fault) => {
    expect((await probe(fault)).answer).toBe('no answer');
  });

  test('that answers an unknown name with its own front page tells it from an empty board', async () => {
    expect((await probe({ kind: 'html' })).answer).toBe('tells apart');
  });
});

test('two probes never ask for the same name', async () => {
  const internet = await ownInternet();
  const fetch = doorTo(internet).fetchFor('greenhouse', { signal: NEVER });
  for (let i = 0; i < 2; i++) await probeAbsent(CONNECTORS.greenhouse, settingsOn(internet)('greenhouse'), fetch);
  expect(new Set(internet.requests.map(({ path }) => path)).size).toBe(2);
});

test('a careers page is asked for another path of its host', async () => {
  const internet = await ownInternet();
  const fetch = doorTo(internet).fetchFor('jsonld', { signal: NEVER });
  await probeAbsent(CONNECTORS.jsonld, settingsOn(internet)('jsonld'), fetch, PAGE);
  expect(internet.requests[0]?.path).toMatch(/^\/careers\.acme\.example\/zz[0-9a-f]{16}$/);
});

test('an aborted probe throws the reason and learns nothing', async () => {
  const internet = await ownInternet();
  internet.setFaults('greenhouse', { kind: 'hang' });
  const fetch = doorTo(internet).fetchFor('greenhouse', { signal: AbortSignal.abort(new Error('the process ends')) });
  const probing = probeAbsent(CONNECTORS.greenhouse, settingsOn(internet)('greenhouse'), fetch);
  await expect(probing).rejects.toThrow('the process ends');
});
