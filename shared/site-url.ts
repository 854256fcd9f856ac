import type { Config } from './config.ts';

/** Where people open the page. By name: passkeys know no addresses of digits. */
export function siteUrl({ publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>): string {
  return publicUrl ?? `http://localhost:${port}`;
}
