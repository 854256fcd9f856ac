/** Headers of every answer. */
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { ApiConfig } from './services.ts';

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

export function securityHeaders(config: Pick<ApiConfig, 'publicUrl'>): RequestHandler[] {
  const https = config.publicUrl?.startsWith('https:') === true;
  return [
    helmet({
      // helmet's own defaults allow inline styles and upgrade plain http, which breaks http://localhost in Safari.
      contentSecurityPolicy: { useDefaults: false, directives: CSP },
      strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
    }),
    (_req, res, next) => {
      res.set('Permissions-Policy', PERMISSIONS);
      next();
    },
  ];
}
