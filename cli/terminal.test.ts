import { describe, expect, test } from 'vitest';
import { bar, printable, startProgress, table } from './terminal.ts';

function screen(isTTY: boolean, columns = 40) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

describe('progress on a terminal', () => {
  test('replaces its line and leaves the last one', () => {
    const tty = screen(true);
    const progress = startProgress(tty);
    progress.show('1/2');
    progress.show('2/2');
    progress.end();
    expect(tty.written).toEqual(['\r\x1b[2K1/2', '\r\x1b[2K2/2', '\n']);
  });

  test('does not redraw what did not change', () => {
    const tty = screen(true);
    const progress = startProgress(tty);
    progress.show('1/2');
    progress.show('1/2');
    expect(tty.written).toHaveLength(1);
  });

  test('never wraps into a second line', () => {
    const tty = screen(true, 20);
    startProgress(tty).show('x'.repeat(100));
    expect(tty.written.join('').replace('\r\x1b[2K', '').length).toBeLessThan(20);
  });

  test('that showed nothing leaves nothing', () => {
    const tty = screen(true);
    startProgress(tty).end();
    expect(tty.written).toEqual([]);
  });
});

describe('progress in a file', () => {
  test('is a line now and then, and always the last one', () => {
    const file = screen(false);
    let now = 0;
    const progress = startProgress(file, () => now);
    for (let i = 0; i <= 12; i++) {
      now = i * 1000;
      progress.show(`${i}/12`);
    }
    progress.end();
    expect(file.written).toEqual(['0/12\n', '5/12\n', '10/12\n', '12/12\n']);
  });

  test('says the last line once', () => {
    const file = screen(false);
    const progress = startProgress(file);
    progress.show('2/2');
    progress.end();
    expect(file.written).toEqual(['2/2\n']);
  });
});

test.each([
  [0, 0, '[--------------------] 0/0'],
  [1, 2, '[##########----------] 1/2'],
  [3, 3, '[####################] 3/3'],
  [5, 3, '[####################] 5/3'],
])('the bar of %i of %i', (done, total, drawn) => {
  expect(bar(done, total)).toBe(drawn);
});

test('a table lines up, numbers to the right', () => {
  expect(
    table([
      ['source', 'found'],
      ['greenhouse', 12_345],
      ['lever', 7],
    ]),
  ).toBe('source       found\ngreenhouse  12,345\nlever            7\n');
});

test('words from outside cannot move the cursor', () => {
  expect(printable('404\x1b[2J\x1b]0;title\x07 not\r\nfound\x9b1A')).not.toMatch(/\p{Cc}/u);
});
