import type { Response } from 'express';

/** For pages of people: nothing of them may stay in a browser or on the way. */
export function show(res: Response, page: { readonly text: string }): void {
  res.set('Cache-Control', 'no-store').type('html').send(page.text);
}

/** Whether a refusal is read by a person, who gets the page again, or by a program, which gets the problem. */
export function wantsPage(res: Response): boolean {
  return res.req.accepts(['application/problem+json', 'text/html']) === 'text/html';
}
