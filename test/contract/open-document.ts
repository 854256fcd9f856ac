/** The document without its security: tools that know it would answer strangers themselves, or send credentials of their own. */
import { readFileSync, writeFileSync } from 'node:fs';

interface Document {
  readonly paths: Record<string, Record<string, { security?: unknown }>>;
  readonly components: { securitySchemes?: unknown };
}

/** Who may do what is the server's to say, and its refusals are what is looked at. @returns the new file, beside the other one */
export function withoutSecurity(file: string): string {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    delete operation.security;
  }
  delete document.components.securitySchemes;
  const open = file.replace(/\.json$/, '.open.json');
  writeFileSync(open, JSON.stringify(document));
  return open;
}
