/** How many pages a second come through the door, from hosts that take their time. */
import { z } from 'zod';
import { createHttp } from '../../worker/http.ts';
import type { Measures, Section } from '../kit/harness.ts';
import type { SourceProcess } from './source-process.ts';

const LATENCY_MS = 20;
const HOSTS = 8;
const IN_FLIGHT = 64;
const PAGES = 600;
const PAGES_ONE_BY_ONE = 60;
const POSTINGS = 50;
const PATH = '/v1/boards/page/jobs';

const Anything = z.looseObject({});

export async function fetchSection(source: SourceProcess): Promise<Section> {
  await source.boards(['page'], 900, POSTINGS);
  const hosts = await source.listen(HOSTS, LATENCY_MS);
  return {
    title: 'fetching',
    about: [
      `Pages of ${POSTINGS} adverts (350 kB) from ${HOSTS} hosts that answer after ${LATENCY_MS} ms, ${IN_FLIGHT} asked for at once.`,
      'baseline: the same pages with fetch(), one after the other.',
    ],
    arms: {
      ours: async () => {
        const http = createHttp({
          contact: 'mailto:bench@example.org',
          version: '0',
          allowPrivateFor: new Set(hosts.map((host) => new URL(host).host)),
        });
        const fetch = http.fetchFor('greenhouse', { signal: new AbortController().signal });
        let next = 0;
        const lane = async () => {
          while (next < PAGES) {
            const url = new URL(PATH, hosts[next++ % HOSTS]);
            await fetch({ url, endpoint: '/v1/boards/:token/jobs', schema: Anything });
          }
        };
        try {
          return await pagesPerSecond(PAGES, () => Promise.all(Array.from({ length: IN_FLIGHT }, lane)));
        } finally {
          await http.close();
        }
      },
      baseline: () =>
        pagesPerSecond(PAGES_ONE_BY_ONE, async () => {
          for (let i = 0; i < PAGES_ONE_BY_ONE; i++) await (await fetch(new URL(PATH, hosts[i % HOSTS]))).json();
        }),
    },
    rows: [
      {
        id: 'F2',
        title: `fetching, ${IN_FLIGHT} at once: ours / one after the other`,
        unit: 'pages/s',
        measure: 'pagesPerSecond',
        against: 'baseline',
        better: 'higher',
        goal: 20,
        floor: 15,
      },
    ],
  };
}

async function pagesPerSecond(pages: number, work: () => Promise<unknown>): Promise<Measures> {
  const at = performance.now();
  await work();
  return { pagesPerSecond: pages / ((performance.now() - at) / 1000) };
}
