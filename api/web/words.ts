/** How times, money and names are written for people. */
import type { Pay } from '../queries/card.ts';
import { type Html, html } from './html.ts';

const STEPS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** "3 days ago"; the exact moment is in the element's title and, for programs, in its `datetime`. */
export function ago(iso: string | Date, now: Date): Html {
  const date = new Date(iso);
  return html`<time datetime="${date.toISOString()}" title="${exact.format(date)} UTC">${agoText(date, now)}</time>`;
}

export function agoText(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return seconds > 0 ? 'in a moment' : 'just now';
}

const PERIOD: Readonly<Record<string, string>> = {
  year: 'a year',
  month: 'a month',
  week: 'a week',
  day: 'a day',
  hour: 'an hour',
};

/** What is stated, no more: without a currency there is no currency, and figures that nobody understood are shown as they came. */
export function payText({ raw, min, max, currency, period }: Pay): string {
  const figures = [...new Set([min, max].filter((n) => n !== null))].map((n) => money(n, currency));
  if (figures.length === 0) return raw;
  const sum = min === null ? `up to ${figures[0]}` : max === null ? `from ${figures[0]}` : figures.join(' – ');
  return period === null ? sum : `${sum} ${PERIOD[period]}`;
}

function money(amount: number, currency: string | null): string {
  const digits = { maximumFractionDigits: Number.isInteger(amount) ? 0 : 2 };
  if (currency !== null && /^[A-Z]{3}$/.test(currency)) {
    return new Intl.NumberFormat('en', { style: 'currency', currency, ...digits }).format(amount);
  }
  return new Intl.NumberFormat('en', digits).format(amount);
}

export const WORK_MODE_TEXT = {
  remote: 'Remote',
  hybrid: 'Hybrid',
  onsite: 'On site',
  unknown: 'Work mode not stated',
} as const;

export function count(n: number, one: string, many: string): string {
  return `${new Intl.NumberFormat('en').format(n)} ${n === 1 ? one : many}`;
}
