/** Writes a 256×256 RGBA picture as PNG, for the mock's tiles. */
import { crc32, deflateSync } from 'node:zlib';

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** `colour(column, row)` answers [r, g, b, a]. */
export function tile(colour) {
  const raw = Buffer.alloc(256 * (1 + 256 * 4));
  for (let row = 0, at = 0; row < 256; row += 1) {
    raw[at++] = 0;
    for (let column = 0; column < 256; column += 1) for (const part of colour(column, row)) raw[at++] = part;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(256, 0);
  head.writeUInt32BE(256, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(raw, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}
