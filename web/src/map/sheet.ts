/** A sheet of paper with the map: what is written on it, where, and the file that it becomes. Nothing here touches the page. */

export const PAPERS = { A4: [297, 210], A3: [420, 297] } as const;
export type Paper = keyof typeof PAPERS;
/** Fine enough for print at arm's length: 200 dots an inch. */
export const DOTS_PER_MM = 200 / 25.4;

/** All in millimetres from the upper left corner, landscape. */
export interface Frame { x: number; y: number; width: number; height: number }

/** Where the map stands on the paper. */
export function mapFrame(paper: Paper): Frame {
  const [width, height] = PAPERS[paper];
  return { x: 10, y: 24, width: width - 20, height: height - 24 - 38 };
}

export interface Cut { x: number; y: number; width: number; height: number }

/** The largest part of a canvas around its middle that has the frame's shape and holds at least the visible window, where the canvas reaches that far. */
export function cutOf(canvas: { width: number; height: number }, window: { width: number; height: number }, shape: number): Cut {
  let width = Math.max(window.width, window.height * shape);
  let height = width / shape;
  const shrink = Math.min(1, canvas.width / width, canvas.height / height);
  width *= shrink;
  height *= shrink;
  return { x: (canvas.width - width) / 2, y: (canvas.height - height) / 2, width, height };
}

/** A round length of about a fifth of the map's width, and its share of that width. */
export function scaleBar(metresWide: number): { metres: number; share: number } {
  const wish = metresWide / 5;
  const power = 10 ** Math.floor(Math.log10(wish || 1));
  const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= wish) ?? power;
  return { metres, share: metresWide > 0 ? metres / metresWide : 0 };
}

/** One page that is one JPEG picture, as PDF (ISO 32000-1): enough to hand in, and no library. */
export function pdfOf(jpeg: Uint8Array, pixels: { width: number; height: number }, paper: Paper, title: string): Uint8Array<ArrayBuffer> {
  const points = (mm: number) => ((mm * 72) / 25.4).toFixed(2);
  const [width, height] = PAPERS[paper].map(points) as [string, string];
  const drawing = `q ${width} 0 0 ${height} 0 0 cm /Map Do Q`;
  // Texts of any language are UTF-16 with a byte order mark.
  const named = `FEFF${[...title].flatMap((letter) => Array.from({ length: letter.length }, (_, at) => letter.charCodeAt(at).toString(16).padStart(4, '0'))).join('')}`;
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let length = 0;
  const write = (part: string | Uint8Array) => {
    const bytes = typeof part === 'string' ? encoder.encode(part) : part;
    parts.push(bytes);
    length += bytes.length;
  };
  const object = (...content: (string | Uint8Array)[]) => {
    starts.push(length);
    write(`${starts.length} 0 obj\n`);
    content.forEach(write);
    write('\nendobj\n');
  };
  write('%PDF-1.4\n');
  object('<< /Type /Catalog /Pages 2 0 R >>');
  object('<< /Type /Pages /Kids [3 0 R] /Count 1 >>');
  object(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /XObject << /Map 5 0 R >> >> /Contents 4 0 R >>`);
  object(`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`);
  object(`<< /Type /XObject /Subtype /Image /Width ${pixels.width} /Height ${pixels.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>\nstream\n`, jpeg, '\nendstream');
  object(`<< /Title <${named}> /Producer (Phu Song) >>`);
  const table = length;
  write(`xref\n0 ${starts.length + 1}\n0000000000 65535 f \n${starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('')}`);
  write(`trailer\n<< /Size ${starts.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  const file = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
