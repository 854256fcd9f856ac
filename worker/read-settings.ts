import type { Config } from '../shared/config.ts';
import { type SourceName, sourceInfo } from '../shared/sources.ts';
import { queriesFor } from './queries.ts';
import type { ReadSettings } from './sources/source.ts';

/** What a connector needs to read a source: the catalogue's bounds, and what the operator set. */
export function readSettings(config: Config, source: SourceName): ReadSettings {
  const { baseUrl, pagesMax, concurrency } = sourceInfo(source);
  return {
    baseUrl: config.sourceUrls[source] ?? baseUrl,
    keys: config.sourceKeys,
    jsearchPath: config.jsearchPath,
    adzunaCountries: config.adzunaCountries,
    queries: queriesFor(source),
    pagesMax,
    concurrency,
  };
}

/** Addresses that the operator moved: only they may be private. As `URL.host`, with the port. */
export function movedHosts(config: Config): Set<string> {
  return new Set(Object.values(config.sourceUrls).map((url) => new URL(url).host));
}
