/** The hub's door: a Unix socket (a named pipe on Windows) that only this user can open, and that only those pass who know the token. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { SchemaError } from './definitions.ts';
import { FrameReader } from './frame-reader.ts';
import { type Frame, FrameError } from './frames.ts';
import type { Hub } from './hub.ts';
import { FRAME_LIMITS } from './hub-connection.ts';

export interface ServerOptions {
  readonly path: string;
  /** Default 1024; more are closed at once. */
  readonly maxConnections?: number;
  /** A fault of the hub itself. It goes on. */
  readonly onError: (error: unknown) => void;
}

const HELLO_MS = 5000;
/** A process that asks for pages and does not read them. */
const MAX_BACKLOG = 256 * 1024 * 1024;
/** sun_path in sockaddr_un, less the final zero; macOS has four less. */
const MAX_PATH = 103;

/** Throws when the path is too long or another hub listens there. */
export async function listen(hub: Hub, options: ServerOptions): Promise<Server> {
  const { path } = options;
  const isPipe = path.startsWith('\\\\');
  if (!isPipe) {
    if (Buffer.byteLength(path) > MAX_PATH)
      throw new RangeError(`A socket path may have ${MAX_PATH} bytes; this one is too long: ${path}`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    chmodSync(dirname(path), 0o700);
    if (await isAnswered(path)) throw new Error(`Another metrics hub listens on ${path}.`);
    rmSync(path, { force: true });
  }
  const server = createServer((socket) => serve(hub, socket, options.onError));
  server.maxConnections = options.maxConnections ?? 1024;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // exclusive: in a worker of node:cluster, listen would go to the primary.
    server.listen({ path, exclusive: true }, resolve);
  });
  if (!isPipe) chmodSync(path, 0o600);
  server.on('error', options.onError);
  return server;
}

function serve(hub: Hub, socket: Socket, onError: (error: unknown) => void): void {
  const reader = new FrameReader(FRAME_LIMITS.stranger);
  const connection = hub.connect({
    send: (bytes) => {
      if (socket.writableLength > MAX_BACKLOG) socket.destroy();
      else socket.write(bytes);
    },
    close: () => socket.destroySoon(),
  });
  const timer = setTimeout(() => connection.isKnown || socket.destroy(), HELLO_MS);
  const receive = (frame: Frame) => {
    connection.receive(frame);
    if (connection.isKnown) reader.limit = FRAME_LIMITS.known;
  };
  socket.on('data', (chunk: Buffer) => {
    try {
      reader.push(chunk, receive);
    } catch (error) {
      socket.pause();
      if (error instanceof FrameError) connection.reject(error.reason, error.message);
      else if (error instanceof SchemaError) connection.reject('schema', error.message);
      else {
        connection.reject('garbled', 'the hub failed on this report');
        onError(error);
      }
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(timer);
    connection.closed();
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => resolve(true));
    probe.once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}
