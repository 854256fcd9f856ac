/** The limit: nothing can read a page with less than undici and JSON.parse. */
import { type Agent, request } from 'undici';

export async function fetchJson(agent: Agent, url: URL): Promise<unknown> {
  const { body } = await request(url, { dispatcher: agent });
  return JSON.parse(await body.text());
}
