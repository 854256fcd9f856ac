import { expect, test } from 'vitest';
import type { BoardCandidate, Verdict } from '../shared/boards/candidate.ts';
import { askChoice, DeclinedError } from './board-choice.ts';

const board = (token: string, verdict: Verdict) => ({ source: 'lever', token, verdict }) as BoardCandidate;

function answering(...answers: string[]) {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answers.shift() ?? '';
  };
  return { asked, ask };
}

test.each(['y', 'Y', 'yes', ' YES '])('%j saves the board that is meant', async (answer) => {
  const { ask, asked } = answering(answer);
  const choice = await askChoice([board('acme', 'works'), board('gone', 'absent')], { company: 'Acme' }, ask);
  expect(choice).toEqual({ company: 'Acme', candidate: 0, evenIfUnsure: false });
  expect(asked).toEqual(['Save lever/acme? [y/N] ']);
});

test.each(['', 'n', 'no', 'yep', 'ja', '0'])('%j saves nothing', async (answer) => {
  await expect(askChoice([board('acme', 'works')], {}, answering(answer).ask)).rejects.toThrow(DeclinedError);
});

test('of several it asks which', async () => {
  const { ask, asked } = answering('1', 'y');
  const choice = await askChoice([board('a', 'works'), board('b', 'works')], {}, ask);
  expect(choice).toMatchObject({ candidate: 1 });
  expect(asked[0]).toBe('Which one is meant? [0-1] ');
});

test('who chooses none of several saves nothing', async () => {
  await expect(askChoice([board('a', 'works'), board('b', 'works')], {}, answering('').ask)).rejects.toThrow(
    DeclinedError,
  );
});

test('who chooses what cannot be saved is not asked again: saving refuses it', async () => {
  const { ask, asked } = answering('2');
  const choice = await askChoice([board('a', 'works'), board('b', 'works'), board('c', 'absent')], {}, ask);
  expect(choice.candidate).toBe(2);
  expect(asked).toHaveLength(1);
});

test('a board that may not exist is asked for in other words', async () => {
  const { ask, asked } = answering('y');
  expect(await askChoice([board('a', 'unsure')], {}, ask)).toMatchObject({ candidate: 0, evenIfUnsure: true });
  expect(asked).toEqual(['It may not exist. Save it all the same? [y/N] ']);
});

test('where nothing works nobody is asked', async () => {
  const { ask, asked } = answering();
  expect(await askChoice([board('a', 'absent'), board('b', 'failed')], {}, ask)).toEqual({});
  expect(asked).toEqual([]);
});
