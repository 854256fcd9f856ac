/** Files of the pages. Their address holds their hash, so that a browser may keep them for ever. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { Problem } from '../problems.ts';
import { type Html, html } from './html.ts';

const require = createRequire(import.meta.url);
const SCRIPT = 'text/javascript; charset=utf-8';
const TYPES = {
  'site.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'account.js': SCRIPT,
  'docs-start.js': SCRIPT,
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': SCRIPT,
} as const;
/** Sent as one file, in this order; the first says which layers there are. */
const STYLE = ['base', 'frame', 'search', 'jobs', 'scans', 'forms'];
/** What is not beside this file comes from a package. */
const PACKAGES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
};
export type AssetName = keyof typeof TYPES;

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

let loaded: ReadonlyMap<AssetName, Asset> | undefined;

function assets(): ReadonlyMap<AssetName, Asset> {
  loaded ??= new Map((Object.keys(TYPES) as AssetName[]).map((name) => [name, load(name)]));
  return loaded;
}

function load(name: AssetName): Asset {
  const body = name === 'site.css' ? style() : readFileSync(fileOf(name));
  const [stem, extension] = name.split('.');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { path: `/static/${stem}.${hash}.${extension}`, type: TYPES[name], body };
}

function style(): Buffer {
  return Buffer.concat(STYLE.map((part) => readFileSync(join(import.meta.dirname, 'style', `${part}.css`))));
}

function fileOf(name: AssetName): string {
  const packaged = PACKAGES[name];
  return packaged === undefined ? join(import.meta.dirname, name) : require.resolve(packaged);
}

export function assetPath(name: AssetName): string {
  return assets().get(name)?.path ?? '';
}

/** A script of a page; it may stand anywhere, and runs when the page is there. */
export function scriptTag(name: AssetName): Html {
  return html`<script type="module" src="${assetPath(name)}"></script>`;
}

export const serveAsset: RequestHandler = (req, res) => {
  const asset = [...assets().values()].find(({ path }) => path === req.path);
  if (asset === undefined) throw new Problem('not-found');
  res.set({ 'Content-Type': asset.type, 'Cache-Control': 'public, max-age=31536000, immutable' }).send(asset.body);
};
