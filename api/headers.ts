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

export function securityHeaders(config: Pick<ApiConfig, 'publicUrl'>): RequestHandler[] {
  const https = config.publicUrl?.startsWith('https:') === true;
  return [
    helmet({
      // helmet's own defaults allow inline styles and upgrade plain http, which breaks http://localhost in Safari.
      contentSecurityPolicy: { useDefaults: false, directives: CSP },
      strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
    }),
    (_req, res, next) => {
      res.set('Permissions-Policy', PERMISSIONS);
      next();
    },
  ];
}
