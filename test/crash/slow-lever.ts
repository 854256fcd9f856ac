/** Employers' boards in Lever's form, whose later pages can be held back, so that a process can be killed in the middle of them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atEnd } from '../at-end.ts';

const ROWS_PER_PAGE = 100;

export interface SlowLever {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly postingsPerBoard: number;
  /** Requests that are held back now. */
  readonly held: () => number;
  /** From now on every page is answered at once. */
  release(): void;
}

/** `boards` boards of three pages each; first pages come at once, the others when they are released. */
export async function slowLever(boards: number): Promise<SlowLever> {
  const tokens = Array.from({ length: boards }, (_, i) => `board-${i}`);
  const postingsPerBoard = 2 * ROWS_PER_PAGE + 50;
  let released = false;
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const token = url.pathname.split('/').at(-1) ?? '';
    const skip = Number(url.searchParams.get('skip'));
    const rows = Array.from({ length: Math.min(ROWS_PER_PAGE, postingsPerBoard - skip) }, (_, i) =>
      posting(token, skip + i),
    );
    const answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rows));
    if (released || skip === 0) answer();
    else waiting.push(answer);
    request.on('close', () => {
      if (!response.writableEnded) waiting = waiting.filter((held) => held !== answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens,
    postingsPerBoard,
    held: () => waiting.length,
    release: () => {
      released = true;
      for (const answer of waiting) answer();
      waiting = [];
    },
  };
}

function posting(token: string, n: number) {
  return {
    id: `${token}-${n}`,
    text: `IAM Engineer ${n}`,
    hostedUrl: `https://jobs.lever.co/${token}/${n}`,
    createdAt: 1_794_234_035_000,
    categories: { location: 'Berlin, Germany', commitment: 'Full-time' },
    description: '<div>You run Okta and SailPoint: SSO, MFA, SAML and SCIM for identity and access management.</div>',
  };
}
