import { describe, expect, it } from 'vitest';
import { cutOf, mapFrame, PAPERS, pdfOf, scaleBar } from './sheet';

describe('the printed sheet', () => {
  it('keeps the map inside the paper', () => {
    for (const paper of ['A4', 'A3'] as const) {
      const frame = mapFrame(paper);
      expect(frame.x + frame.width).toBeLessThan(PAPERS[paper][0]);
      expect(frame.y + frame.height).toBeLessThan(PAPERS[paper][1] - 20);
    }
  });

  it('shows the whole window where the canvas reaches that far, and never more than the canvas', () => {
    const wide = cutOf({ width: 2000, height: 1400 }, { width: 1000, height: 800 }, 2);
    expect([wide.width, wide.height]).toEqual([1600, 800]);
    expect(wide.x).toBe(200);
    const narrow = cutOf({ width: 1000, height: 800 }, { width: 1000, height: 800 }, 2);
    expect([narrow.width, narrow.height]).toEqual([1000, 500]);
  });

  it('has a round scale bar of at most a fifth of the width', () => {
    expect(scaleBar(113_000)).toEqual({ metres: 20_000, share: 20_000 / 113_000 });
    expect(scaleBar(900).metres).toBe(100);
    expect(scaleBar(0).share).toBe(0);
  });

  it('makes a PDF whose table of objects is right', () => {
    const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xd9]);
    const file = pdfOf(jpeg, { width: 10, height: 7 }, 'A3', 'Hà Tĩnh');
    const text = new TextDecoder('latin1').decode(file);
    expect(text.startsWith('%PDF-1.4')).toBe(true);
    expect(text).toContain('/MediaBox [0 0 1190.55 841.89]');
    expect(text).toContain('<FEFF004800e0002000540129006e0068>');
    const table = Number(/startxref\n(\d+)/.exec(text)![1]);
    expect(text.slice(table, table + 4)).toBe('xref');
    const starts = [...text.slice(table).matchAll(/^(\d{10}) 00000 n/gm)].map((match) => Number(match[1]));
    starts.forEach((start, index) => expect(text.slice(start).startsWith(`${index + 1} 0 obj`)).toBe(true));
  });
});
