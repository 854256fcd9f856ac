import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Posting } from '../../posting.ts';
import { normalise } from '../normalise/normalise.ts';
import { partition } from './cluster.ts';
import { judge } from './judge.ts';
import { keysOf } from './keys.ts';
import { signOf } from './sign.ts';
import { textOf } from './text.ts';

interface Flat {
  readonly source: string;
  readonly native_id: string;
  readonly title: string;
  readonly company: string | null;
  readonly location: string | null;
  readonly description: string | null;
  readonly url: string | null;
}
interface Row {
  readonly id: string;
  readonly a: Flat;
  readonly b: Flat;
  readonly same: boolean;
}

const rows = readFileSync(join(import.meta.dirname, '../labelled/merge.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

function made(flat: Flat) {
  const posting: Posting = normalise(
    {
      nativeId: flat.native_id,
      url: flat.url ?? '',
      applyUrls: [],
      title: flat.title,
      company: flat.company,
      places: flat.location === null ? [] : [flat.location],
      country: null,
      workMode: 'unknown',
      employment: [],
      pay: null,
      statedAt: null,
      html: null,
      plain: flat.description,
      textIsCut: false,
    },
    flat.source,
  );
  return { sign: signOf(posting, { source: flat.source, board: '' }), text: textOf(posting.text) };
}

const all = rows.map((row) => ({ ...row, a: made(row.a), b: made(row.b) }));
type Made = (typeof all)[number]['a'];
const verdictOf = (a: Made, b: Made) => judge(a.sign, b.sign, () => [a.text, b.text]);

describe('the judgement of two postings', () => {
  test('is the same whichever comes first, over all pairs of labelled postings', () => {
    const postings = all.flatMap(({ a, b }) => [a, b]);
    const any = fc.nat(postings.length - 1);
    fc.assert(
      fc.property(any, any, (i, j) => {
        const [a, b] = [postings[i] as Made, postings[j] as Made];
        const [there, back] = [verdictOf(a, b), verdictOf(b, a)];
        expect([back.same, back.rule, back.strength]).toEqual([there.same, there.rule, there.strength]);
      }),
      { numRuns: 3000, seed: 20261122 },
    );
    for (const { a, b } of all) expect(verdictOf(b, a).same).toBe(verdictOf(a, b).same);
  });

  test('always says why', () => {
    for (const { a, b } of all) expect(verdictOf(a, b).evidence.join('')).not.toBe('');
  });

  test('survives storing: a sign that was written as JSON and read again judges the same', () => {
    for (const { a, b } of all) {
      const stored = { sign: JSON.parse(JSON.stringify(a.sign)) as Made['sign'], text: a.text };
      expect(verdictOf(stored, b)).toEqual(verdictOf(a, b));
    }
  });

  test('can be found: postings of one opening share a key', () => {
    const without = all.filter(({ a, b }) => {
      if (!verdictOf(a, b).same) return false;
      const [left, right] = [keysOf(a.sign, a.text), keysOf(b.sign, b.text)];
      const keys = new Set([...left.proofs, ...left.likes]);
      return ![...right.proofs, ...right.likes].some((key) => keys.has(key));
    });
    expect(without.map(({ id }) => id)).toEqual([]);
  });
});

describe('the parts of a group', () => {
  const graph = fc.integer({ min: 1, max: 9 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      links: fc.uniqueArray(
        fc.record({ a: fc.nat(size - 1), b: fc.nat(size - 1), strength: fc.integer({ min: 1, max: 4 }) }),
        { selector: ({ a, b }) => [Math.min(a, b), Math.max(a, b)].join(), maxLength: 20 },
      ),
      apart: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 6 }),
      order: fc.shuffledSubarray(
        Array.from({ length: size }, (_, i) => i),
        { minLength: size },
      ),
    }),
  );

  test('do not depend on the order in which members and links come', () => {
    fc.assert(
      fc.property(graph, ({ size, links, apart, order }) => {
        const names = Array.from({ length: size }, (_, i) => ({ ref: `r${i}` }));
        const isApart = (a: number, b: number) => apart.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
        const straight = partition(names, links, isApart);
        const shuffled = order.map((i) => names[i] as { ref: string });
        const at = (i: number) => order.indexOf(i);
        const other = partition(
          shuffled,
          links.map(({ a, b, strength }) => ({ a: at(b), b: at(a), strength })).reverse(),
          (a, b) => isApart(order[a] as number, order[b] as number),
        );
        const named = (groups: number[][], of: readonly { ref: string }[]) =>
          groups.map((g) => g.map((i) => of[i]?.ref));
        expect(named(other, shuffled)).toEqual(named(straight, names));
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  test('hold everybody once, and never two that are apart', () => {
    fc.assert(
      fc.property(graph, ({ size, links, apart }) => {
        const names = Array.from({ length: size }, (_, i) => ({ ref: `r${i}` }));
        const isApart = (a: number, b: number) => apart.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
        const groups = partition(names, links, isApart);
        expect(groups.flat().sort()).toEqual(names.map((_, i) => i).sort());
        for (const group of groups) {
          for (const a of group) for (const b of group) expect(a !== b && isApart(a, b)).toBe(false);
        }
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});
