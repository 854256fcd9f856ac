/** What exists in the system under test, for requests that should find something: ids by the path that they stand in. */
import type { Operation } from './document.ts';

export interface Known {
  /** Value of a path parameter. */
  readonly pathValue: (path: string, name: string) => string;
  /** Bodies that mean something, by operation. */
  readonly bodies: Readonly<Record<string, unknown>>;
}

const NOWHERE = '018f0000-0000-7000-8000-000000000000';

interface Seen {
  readonly job: string;
  readonly otherJob: string;
  readonly application: string;
  readonly hide: string;
  readonly posting: string;
  readonly scan: string;
  readonly board: string;
  readonly check: string;
  readonly operation: string;
}

interface List {
  readonly items: readonly { readonly id: string }[];
}

/** Asks the system itself. @throws Error when there is nothing to be found, for then nothing would be tested */
export async function findKnown(address: string, authorization: string): Promise<Known> {
  const seen = await look(address, authorization);
  const byPart: readonly (readonly [RegExp, string])[] = [
    [/^\/api\/v1\/jobs\//, seen.job],
    [/^\/api\/v1\/applications\//, seen.application],
    [/^\/api\/v1\/hides\//, seen.hide],
    [/^\/api\/v1\/postings\//, seen.posting],
    [/^\/api\/v1\/scans\//, seen.scan],
    [/^\/api\/v1\/boards\//, seen.board],
    [/^\/api\/v1\/board-checks\//, seen.check],
    [/^\/api\/v1\/operations\//, seen.operation],
    [/^\/api\/v1\/job-events\//, '1'],
  ];
  return {
    pathValue: (path) => byPart.find(([pattern]) => pattern.test(path))?.[1] ?? NOWHERE,
    bodies: {
      postJobsByIdMerge: { job: seen.otherJob },
      postBoards: { url: 'https://boards.greenhouse.io/a-board-that-is-new' },
      postOperationsRetry: { scanId: seen.scan, cause: 'http_5xx' },
      postOperationsCancel: { scanId: seen.scan },
      postOperationsPause: { source: 'lever', reason: 'the contract test' },
      postOperationsResume: { source: 'lever' },
    },
  };
}

async function look(address: string, authorization: string): Promise<Seen> {
  const headers = { Authorization: authorization };
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(address + path, { headers, signal: AbortSignal.timeout(30_000) });
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    // Whatever the system says is held against its document elsewhere.
    return (await answer.json()) as T;
  };
  const send = (method: string, path: string, body: object) =>
    fetch(address + path, {
      method,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    }).then((answer) => answer.json() as Promise<{ id: string }>);
  const first = async (path: string) => {
    const [item] = (await get<List>(path)).items;
    if (item === undefined) throw new Error(`GET ${path} lists nothing`);
    return item.id;
  };
  const { items } = await get<List>('/api/v1/jobs?limit=10');
  const [job, other] = items;
  if (items.length < 5 || job === undefined || other === undefined)
    throw new Error(`the system has only ${items.length} jobs; the scan of the demo found nothing?`);
  const [posting] = (await get<{ postings: readonly { id: string }[] }>(`/api/v1/jobs/${job.id}`)).postings;
  if (posting === undefined) throw new Error(`job ${job.id} has no posting`);
  const check = await send('POST', '/api/v1/boards', { url: 'https://jobs.lever.co/a-check' });
  const application = await send('PUT', `/api/v1/jobs/${job.id}/application`, { state: 'applied' });
  const hide = await send('POST', '/api/v1/hides', { kind: 'company', value: 'Acme' });
  const held = await send('POST', '/api/v1/operations/pause', { source: 'lever', reason: 'the contract test' });
  return {
    job: job.id,
    otherJob: other.id,
    application: application.id,
    hide: hide.id,
    posting: posting.id,
    scan: await first('/api/v1/scans'),
    board: String(await first('/api/v1/boards')),
    check: check.id ?? NOWHERE,
    operation: held.id ?? '1',
  };
}

/** Operations in an order in which what is made can be read before it is removed. */
export function inOrder(operations: readonly Operation[]): Operation[] {
  const rank = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];
  return operations.toSorted((a, b) => rank.indexOf(a.method) - rank.indexOf(b.method));
}
