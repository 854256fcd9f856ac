/** Headers of every answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import type { ApiConfig } from './services.ts';

/** Cache-Control of what is the same for everybody who is not signed in, and may change at any time. */
export const FOR_ANYBODY = 'private, no-cache';

/** No inline script or style, nothing from elsewhere, no framing, and no string becomes script. */
const CSP = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'require-trusted-types-for': ["'script'"],
  'trusted-types': ["'none'"],
};

const PERMISSIONS =
  'accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), xr-spatial-tracking=()';

/** For the page of Swagger UI, which draws its icons from data: addresses and makes markup from strings of its own. */
export function docsHeaders(): Record<string, string> {
  const { 'require-trusted-types-for': _needed, 'trusted-types': _policies, ...rest } = CSP;
  const directives = { ...rest, 'img-src': ["'self'", 'data:'] };
  const text = Object.entries(directives).map(([name, values]) => `${name} ${values.join(' ')}`);
  return { 'Content-Security-Policy': text.join(';') };
}

/** Names and values: none of them hangs on the request, so helmet is asked once. */
export function securityHeaders(config: Pick<ApiConfig, 'publicUrl'>): ReadonlyMap<string, string> {
  const https = config.publicUrl?.startsWith('https:') === true;
  const headers = new Map<string, string>();
  const recorder = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  };
  const set = helmet({
    // helmet's own defaults allow inline styles and upgrade plain http, which breaks http://localhost in Safari.
    contentSecurityPolicy: { useDefaults: false, directives: CSP },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  set({} as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error;
  });
  return headers.set('Permissions-Policy', PERMISSIONS);
}
