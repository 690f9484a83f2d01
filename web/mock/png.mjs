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

/** `colour(column, row)` answers [r, g, b, a]; asked for the middle of every square of `step` × `step` pixels. */
export function tile(colour, step = 1) {
  const width = 1 + 256 * 4;
  const raw = Buffer.alloc(256 * width);
  for (let row = 0; row < 256; row += step) {
    for (let column = 0; column < 256; column += step) raw.fill(Uint8Array.from(colour(column + step / 2, row + step / 2)), row * width + 1 + column * 4, row * width + 1 + (column + step) * 4);
    for (let more = 1; more < step; more += 1) raw.copy(raw, (row + more) * width, row * width, (row + 1) * width);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(256, 0);
  head.writeUInt32BE(256, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(raw, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}
