import { describe, expect, test } from 'vitest';
import { employmentInWords, readEmployment } from './employment.ts';

describe('employment words of a source', () => {
  test.each([
    ['Full-time', ['full_time']],
    ['FULL_TIME', ['full_time']],
    ['Full-time and Contractor', ['contract', 'full_time']],
    ['fulltime_permanent', ['full_time', 'permanent']],
    ['parttime_fixed_term', ['part_time', 'temporary']],
    ['Vollzeit, unbefristet', ['full_time', 'permanent']],
    ['CDI temps plein', ['full_time', 'permanent']],
    ['Jornada completa / indefinido', ['full_time', 'permanent']],
    ['Voltijd, vast contract', ['full_time', 'permanent']],
    ['Tempo pieno, tempo indeterminato', ['full_time', 'permanent']],
    ['Heltid, tillsvidareanställning', ['full_time', 'permanent']],
    ['Pełny etat, umowa o pracę', ['full_time', 'permanent']],
    ['B2B', ['contract']],
    ['Werkstudent', ['internship']],
    ['Permanent contract', ['permanent']],
    ['Fixed-term contract', ['temporary']],
    ['12 month contract', ['contract']],
    ['Freelance (ZZP)', ['freelance']],
  ])('%j are the set %j', (stated, expected) => {
    expect(readEmployment([stated]).employment).toEqual(expected);
  });

  test('that nobody knows are told apart and never taken for full-time', () => {
    expect(readEmployment(['Full time', 'Moonlighter', 'Exempt'])).toEqual({
      employment: ['full_time'],
      unknown: ['moonlighter'],
    });
    expect(readEmployment(['', ' ', '---'])).toEqual({ employment: [], unknown: [] });
  });
});

describe('employment in the words of an advert', () => {
  test.each([
    ['IAM Engineer - Contract', '', ['contract']],
    ['IAM Engineer (6 month contract)', '', ['contract']],
    ['Identity Analyst (Part-time)', '', ['part_time']],
    ['IAM Engineer', 'About us\nEmployment type: Full-time\nTeam: Security', ['full_time']],
    ['IAM Engineer', 'Vertragsart: unbefristet, Vollzeit', ['full_time', 'permanent']],
    ['Contract Manager', 'You manage contracts.', []],
    ['Internal Auditor', 'You work full time on audits.', []],
    ['Contract IAM Engineer', '', []],
  ])('title %j and text %j tell %j', (title, text, expected) => {
    expect(employmentInWords(title, text)).toEqual(expected);
  });
});
