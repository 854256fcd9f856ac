/** A real browser, with an authenticator of its own where a test wants one. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { atEnd } from '../at-end.ts';
import { findTool } from '../tools.ts';

export const CHROMIUM = findTool('chromium');

let browser: Promise<Browser> | undefined;

/** A page in a context of its own: no cookie of another test. Whatever its console complains of fails the test that asks `faults`. */
export async function openPage(options: BrowserContextOptions = {}): Promise<{ page: Page; faults: string[] }> {
  browser ??= launch();
  const context = await (await browser).newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A refusal of the server is also told as "Failed to load resource"; the tests look at those themselves.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  return { page, faults };
}

async function launch(): Promise<Browser> {
  const launched = await chromium.launch({
    executablePath: CHROMIUM ?? '',
    // The sandbox needs rights that a container rarely has; only our own pages are opened.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  atEnd(() => launched.close());
  return launched;
}

/** An authenticator inside the computer, as fingerprint readers are. */
export async function authenticatorOf(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: (isUserVerified: boolean) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }).then(() => undefined),
  };
}

/** No violation of the content security policy, no error of a script. */
export function expectClean(faults: readonly string[]): void {
  expect(faults).toEqual([]);
}
