/** Pages of a hub, whose memory goes back to it. */
import { Counter } from 'prom-client';
import { expect, test } from 'vitest';
import { readPage } from '../../shared/metrics-bus/read-page.ts';
import { startAgent, startHub } from './bus.ts';

test.each([
  ['beside the application', false],
  ['in a thread', true],
])('%s: a page that was released is written anew, one that is still held is left alone', async (_, thread) => {
  const hub = await startHub({ thread });
  const { agent, registers } = startAgent(hub);
  const counter = new Counter({ name: 'events_total', help: 'h', registers });
  await agent.joined;
  counter.inc(1);
  const held = await hub.scrape();
  for (let n = 2; n <= 20; n++) {
    counter.inc(1);
    const [page, other] = await Promise.all([hub.scrape(), hub.scrape({ by: 'process' })]);
    expect(readPage(page.body.toString()).get('events_total{}')).toBe(n);
    expect(other.body.toString()).toContain('proc="test-1"');
    expect(page.release).toBeDefined();
    // Twice is once.
    page.release?.();
    page.release?.();
  }
  expect(readPage(held.body.toString()).get('events_total{}')).toBe(1);
  const packed = await hub.scrape({ acceptEncoding: 'gzip' });
  expect([packed.encoding, packed.release]).toEqual(['gzip', undefined]);
});
