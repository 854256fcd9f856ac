/**
 * The internet, played on loopback: one HTTP server that speaks each source's true format under `/<source>`, with paging,
 * gzip, fields that change on every answer, and faults on demand. Tests and the demo share it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { isSourceName, SOURCE_NAMES, type SourceName } from '../../shared/sources.ts';
import { createFaults, type Fault } from './faults.ts';
import { type Asked, isRefusal, type Refusal, type Request, type Row, type Shown } from './speaker.ts';
import { SPEAKERS } from './speakers/all.ts';

/** What each source has: rows by board, `*` for a source without boards. A board that is missing does not exist. */
export type InternetData = Record<SourceName, Record<string, readonly Row[]>>;

export interface Logged {
  readonly source: SourceName | undefined;
  /** Path and query below the source's base address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly method: string;
  /** As it was sent; empty for a GET. */
  body: string;
  /** Undefined while the answer is under way. */
  status: number | undefined;
}

export interface Internet {
  /** Base address of each source, for `SOURCE_URL_<NAME>`. */
  readonly urls: Record<SourceName, string>;
  /** `URL.host`, for the door's list of addresses that may be private. */
  readonly host: string;
  /** What is there; change it between scans. */
  readonly data: InternetData;
  /** Every request so far, the oldest first. */
  readonly requests: readonly Logged[];
  /** The most requests of a source that were open at the same time. */
  mostAtOnce(source: SourceName): number;
  /** Replaces the faults of a source; without any the source is healthy. */
  setFaults(source: SourceName, ...faults: Fault[]): void;
  close(): Promise<void>;
}

/** Bytes that the endless body sends before it gives up by itself. */
const ENDLESS_BYTES_MAX = 500 * 1024 * 1024;
const LOG_MAX = 100_000;

/** @param port 0 for any that is free */
export async function startInternet(data: InternetData, port = 0): Promise<Internet> {
  const faults = new Map(SOURCE_NAMES.map((name) => [name, createFaults()]));
  const requests: Logged[] = [];
  const load = new Map(SOURCE_NAMES.map((name) => [name, { open: 0, most: 0 }]));
  let serial = 0;
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://internet');
    const [, name = ''] = url.pathname.split('/');
    const source = isSourceName(name) ? name : undefined;
    const logged: Logged = {
      source,
      path: req.url?.slice(name.length + 1) ?? '',
      headers: req.headers,
      method: req.method ?? 'GET',
      body: '',
      status: undefined,
    };
    if (requests.push(logged) > LOG_MAX) throw new Error('the played internet is asked without end');
    res.once('finish', () => {
      logged.status = res.statusCode;
    });
    if (source === undefined) return void refuse(req, res, { status: 404 });
    const gauge = load.get(source);
    if (gauge !== undefined) {
      gauge.most = Math.max(gauge.most, ++gauge.open);
      res.once('close', () => gauge.open--);
    }
    url.pathname = url.pathname.slice(name.length + 1);
    const take = (asked: Asked) => faults.get(source)?.take(asked);
    const answer = (body: string) => {
      logged.body = body;
      const request = { url, headers: req.headers, method: logged.method, body };
      return respond({ req, res, source, data, take, serial: ++serial, request });
    };
    void text(req).then(answer, () => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urls: Object.fromEntries(SOURCE_NAMES.map((name) => [name, `http://${host}/${name}`])) as Record<
      SourceName,
      string
    >,
    host,
    data,
    requests,
    mostAtOnce: (source) => load.get(source)?.most ?? 0,
    setFaults: (source, ...list) => faults.get(source)?.set(...list),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly source: SourceName;
  readonly request: Request;
  readonly data: InternetData;
  readonly take: (asked: Asked) => Fault | undefined;
  readonly serial: number;
}

async function respond(exchange: Exchange): Promise<void> {
  const { req, res, source, request, data } = exchange;
  const speaker = SPEAKERS[source];
  const asked = speaker.understand(request);
  if (isRefusal(asked)) return refuse(req, res, asked);
  const fault = exchange.take(asked);
  if (fault !== undefined && (await isSpoilt(exchange, fault))) return;
  const rows = data[source][asked.board];
  if (rows === undefined) return refuse(req, res, speaker.noBoard);
  const shown = show(source, rows.filter(asked.fits ?? (() => true)), asked, fault);
  if (asked.detail === true && shown.rows.length === 0) return refuse(req, res, speaker.noBoard);
  const noisy = shown.rows.map((row) => speaker.noise(row, exchange.serial));
  const [first, ...others] = noisy;
  const patched =
    fault?.kind === 'patch-first' && first !== undefined ? [{ ...first, ...fault.patch }, ...others] : noisy;
  const answer = speaker.answer({ ...shown, rows: patched }, request);
  const body = speaker.contentType === undefined ? JSON.stringify(answer) : String(answer);
  if (fault?.kind === 'damaged-gzip') {
    const whole = gzipSync(body);
    res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    return void res.end(whole.subarray(0, Math.floor(whole.length * 0.7)));
  }
  if (fault?.kind === 'cut') {
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length * 2 });
    return void res.write(body, () => res.destroy());
  }
  send(req, res, 200, speaker.contentType ?? 'application/json; charset=utf-8', body);
}

function show(source: SourceName, rows: readonly Row[], asked: Asked, fault: Fault | undefined): Shown {
  const speaker = SPEAKERS[source];
  const [model] = rows;
  if (fault?.kind === 'endless-pages' && model !== undefined) {
    const size = Number.isFinite(asked.rowsPerPage) ? asked.rowsPerPage : 100;
    const page = Array.from({ length: size }, (_, i) => speaker.renumber(model, asked.page * size + i));
    return { rows: page, total: 1_000_000, next: asked.page + 1 };
  }
  const number = fault?.kind === 'repeat' ? 0 : asked.page;
  const from = number === 0 ? 0 : number * asked.rowsPerPage;
  const page = rows.slice(from, from + asked.rowsPerPage);
  const more = from + page.length < rows.length;
  return { rows: page, total: rows.length, next: more || fault?.kind === 'repeat' ? number + 1 : undefined };
}

/** Faults that replace the answer. @returns false when the answer goes on after all */
async function isSpoilt({ req, res, source }: Exchange, fault: Fault): Promise<boolean> {
  switch (fault.kind) {
    case 'refuse':
      refuse(req, res, fault);
      return true;
    case 'hang':
      return true;
    case 'html':
      send(req, res, 200, 'text/html', '<!doctype html><title>Sorry</title><h1>We are down for maintenance</h1>');
      return true;
    case 'body':
      send(req, res, 200, 'application/json', JSON.stringify(fault.body));
      return true;
    case 'text':
      send(req, res, 200, SPEAKERS[source].contentType ?? 'application/json', fault.text);
      return true;
    case 'endless-body':
      pour(res);
      return true;
    case 'slow':
      await sleep(fault.ms);
      return res.destroyed;
    default:
      return false;
  }
}

function refuse(req: IncomingMessage, res: ServerResponse, { status, headers = {}, body }: Refusal): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  const text = typeof body === 'string' ? body : body === undefined || body === null ? '' : JSON.stringify(body);
  send(req, res, status, 'application/json', text);
}

function send(req: IncomingMessage, res: ServerResponse, status: number, type: string, text: string): void {
  if (!res.hasHeader('content-type')) res.setHeader('content-type', type);
  const zipped = text.length > 200 && /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''));
  if (zipped) res.setHeader('content-encoding', 'gzip');
  res.writeHead(status).end(zipped ? gzipSync(text) : text);
}

function pour(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'application/json' });
  const piece = Buffer.alloc(64 * 1024, ' ');
  let sent = 0;
  const more = () => {
    while (!res.destroyed && sent < ENDLESS_BYTES_MAX) {
      sent += piece.length;
      if (!res.write(piece)) return void res.once('drain', more);
    }
    res.destroy();
  };
  more();
}
