import { describe, expect, test } from 'vitest';
import { dataDirFault } from './data-dir.ts';

describe('what a failed access to the data folder means', () => {
  test.each([
    ['ENOSPC', /^\/d cannot be used because its disk is full: make room, or set DATA_DIR/],
    ['EDQUOT', /its disk is full/],
    ['EACCES', /this user may not write there: change its owner, or set DATA_DIR/],
    ['EROFS', /may not write there/],
    ['EIO', /because of broken: look at that path/],
  ])('%s', (code, sentence) => {
    const fault = dataDirFault('/d', Object.assign(new Error('broken'), { code }));
    expect(fault.message).toMatch(sentence);
    expect(fault.cause).toMatchObject({ code });
  });
});
