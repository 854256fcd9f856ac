import type { IncomingMessage } from 'node:http';
import express, { type Request } from 'express';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

const FORWARDED = [
  undefined,
  '',
  '192.0.2.1',
  '192.0.2.1, 198.51.100.2',
  ' 192.0.2.1 ,, 2001:db8::1 ',
  ',',
  'unknown, x',
];

test.each([0, 1, 2, 10])('behind %d proxies the address is what Express takes it for', (proxies) => {
  const app = express();
  app.set('trust proxy', proxies);
  for (const forwarded of FORWARDED) {
    const parts = { socket: { remoteAddress: '127.0.0.1' }, headers: { 'x-forwarded-for': forwarded } };
    const ours = clientAddress(parts as unknown as IncomingMessage, proxies);
    const request = Object.assign(Object.create(app.request) as Request, parts);
    expect(ours, `X-Forwarded-For: ${forwarded}`).toBe(request.ip);
  }
});
