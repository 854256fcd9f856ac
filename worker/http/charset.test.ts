import { expect, test } from 'vitest';
import { documentText } from './charset.ts';

const LATIN1 = Buffer.from('München', 'latin1');

test.each([
  ['its type', LATIN1, 'text/html; charset=ISO-8859-1'],
  ['its type in quotes', LATIN1, 'text/xml; charset="windows-1252"; x=1'],
  [
    'its XML declaration',
    Buffer.concat([Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?>'), LATIN1]),
    'text/xml',
  ],
  ['its meta tag', Buffer.concat([Buffer.from('<!doctype html><meta charset=latin1>'), LATIN1]), undefined],
  ['nothing, and is UTF-8', Buffer.from('München'), undefined],
  ['a charset that nobody knows, and is UTF-8', Buffer.from('München'), 'text/html; charset=klingon'],
])('a document that is told by %s keeps its letters', (_, body, type) => {
  expect(documentText(body, type)).toMatch(/München$/);
});

test('the type counts more than the document, which may have been written for another server', () => {
  const body = Buffer.concat([Buffer.from('<meta charset="utf-16">'), LATIN1]);
  expect(documentText(body, 'text/html;charset=iso-8859-1')).toContain('München');
});
