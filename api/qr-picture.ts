/** A QR code as a page can draw it under a policy that allows no pictures from text: one path, a unit for each of its squares. */
import encodeQR from 'qr';
import { z } from 'zod';

/** Longer texts than an authenticator app is told would make squares that a camera does not see. */
const TEXT_MAX = 500;

export const qrPicture = z.object({
  /** Width and height, with the quiet zone around. */
  size: z.int().min(21).max(200),
  /** Of an SVG `path`: the dark squares. */
  path: z.string().max(60_000),
});

/** @throws RangeError for a text of more than 500 characters */
export function qrPictureOf(text: string): z.infer<typeof qrPicture> {
  if (text.length > TEXT_MAX) throw new RangeError(`a QR code of ${text.length} characters, more than ${TEXT_MAX}`);
  const rows = encodeQR(text, 'raw', { border: 4 });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')));
  return { size: rows.length, path: path.join('') };
}
