/** Rows of an answer against the schema of one item: what does not fit is set aside, the rest is kept. */
import type { z } from 'zod';
import type { Page } from './source.ts';

export function pageOf<Item>(schema: z.ZodType<Item>, rows: readonly unknown[]): Page<Item> {
  const items: Item[] = [];
  const invalid: { item: unknown; problem: string }[] = [];
  for (const row of rows) {
    const checked = schema.safeParse(row);
    if (checked.success) items.push(checked.data);
    else invalid.push({ item: row, problem: sentence(checked.error) });
  }
  return { items, invalid };
}

function sentence(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`))
    .join('; ');
}

/** The item without the fields that change on every request. */
export function without<Item extends object>(item: Item, volatile: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !volatile.includes(name)));
}

/** Rows that carry something which stands once above the list; what is no object stays as it came. */
export function withField(rows: readonly unknown[], name: string, value: unknown): unknown[] {
  const isObject = (row: unknown) => typeof row === 'object' && row !== null && !Array.isArray(row);
  return rows.map((row) => (isObject(row) ? { ...(row as object), [name]: value } : row));
}
