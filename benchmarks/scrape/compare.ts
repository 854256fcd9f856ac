import { readPage } from '../../shared/metrics-bus/read-page.ts';

/** Its own metrics, which the others do not have. */
const OWN = /^metrics_bus_/;
/** prom-client 15 shows the value of the process that answered first, another one in each scrape. */
const BY_ARRIVAL = /_first\b/;
/** Additions of so many numbers in another order may differ in the last bit, each. */
const LAST_BITS = 64 * Number.EPSILON;

/** Samples of `ours` that differ from `other`, in value or by being there. */
export function wrongSamples(ours: string, other: string, byArrival: boolean): number {
  const [mine, theirs] = [readPage(ours), readPage(other)];
  for (const key of mine.keys()) if (OWN.test(key)) mine.delete(key);
  let wrong = 0;
  for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
    if (byArrival && BY_ARRIVAL.test(key)) continue;
    const [a, b] = [mine.get(key) ?? Number.NaN, theirs.get(key) ?? Number.NaN];
    if (!(Math.abs(a - b) <= Math.max(Math.abs(a), Math.abs(b)) * LAST_BITS)) wrong++;
  }
  return wrong;
}
