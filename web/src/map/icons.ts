/** Symbols of the map, drawn on a canvas: no sprite file is fetched. */
import type { Palette } from './palette';

export interface Drawn {
  name: string;
  image: ImageData;
  pixelRatio: number;
}

const RATIO = 2;

function draw(size: number, paint: (pen: CanvasRenderingContext2D) => void): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = size * RATIO;
  canvas.height = size * RATIO;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) return null;
  pen.scale(RATIO, RATIO);
  pen.lineJoin = 'round';
  paint(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function outlined(pen: CanvasRenderingContext2D, fill: string, edge: string, width: number): void {
  pen.fillStyle = fill;
  pen.strokeStyle = edge;
  pen.lineWidth = width;
  pen.stroke();
  pen.fill();
}

function polygon(pen: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  pen.beginPath();
  points.forEach(([x, y], index) => (index === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
}

/** Villages: served recedes, hollow is half-filled, white is a ring with a strong edge. */
function villages(palette: Palette): [string, ImageData | null][] {
  const circle = (pen: CanvasRenderingContext2D, radius: number) => {
    pen.beginPath();
    pen.arc(9, 9, radius, 0, Math.PI * 2);
  };
  const dot = (colour: string) => draw(18, (pen) => {
    circle(pen, 2.4);
    pen.globalAlpha = 0.85;
    pen.fillStyle = colour;
    pen.fill();
  });
  return [
    ['village-unknown', dot(palette.unknown)],
    ['village-served', dot(palette.served)],
    ['village-hollow', draw(18, (pen) => {
      circle(pen, 5);
      outlined(pen, palette.halo, palette.hollow, 2);
      pen.beginPath();
      pen.arc(9, 9, 5, Math.PI / 2, (Math.PI * 3) / 2);
      pen.fillStyle = palette.hollow;
      pen.fill();
    })],
    ['village-white', draw(18, (pen) => {
      circle(pen, 8);
      pen.fillStyle = palette.halo;
      pen.fill();
      circle(pen, 4.6);
      outlined(pen, palette.halo, palette.unserved, 4.6);
    })],
  ];
}

/** Sites: an operator is a hue and a shape. */
function sites(palette: Palette): [string, ImageData | null][] {
  const shapes: Record<string, (pen: CanvasRenderingContext2D) => void> = {
    Viettel: (pen) => { pen.beginPath(); pen.arc(8, 8, 4, 0, Math.PI * 2); },
    VNPT: (pen) => polygon(pen, [[4.4, 4.4], [11.6, 4.4], [11.6, 11.6], [4.4, 11.6]]),
    MobiFone: (pen) => polygon(pen, [[8, 3], [12.8, 11.6], [3.2, 11.6]]),
    other: (pen) => polygon(pen, [[8, 3], [13, 8], [8, 13], [3, 8]]),
  };
  const single = Object.entries(shapes).map(([operator, shape]): [string, ImageData | null] => [
    `site-${operator}`,
    draw(16, (pen) => { shape(pen); outlined(pen, palette.operators[operator]!, palette.halo, 2); }),
  ]);
  const shared = draw(16, (pen) => {
    pen.beginPath();
    pen.arc(8, 8, 5, 0, Math.PI * 2);
    outlined(pen, palette.halo, palette.halo, 3);
    const hues = [palette.operators.Viettel!, palette.operators.VNPT!, palette.operators.MobiFone!];
    hues.forEach((hue, index) => {
      pen.beginPath();
      pen.moveTo(8, 8);
      pen.arc(8, 8, 5, ((index * 2) / 3 - 0.5) * Math.PI, (((index + 1) * 2) / 3 - 0.5) * Math.PI);
      pen.closePath();
      pen.fillStyle = hue;
      pen.fill();
    });
  });
  return [...single, ['site-shared', shared]];
}

/** Candidate pins: the head's shape and hue say the action, the number is written over it by the map. */
function pins(palette: Palette): [string, ImageData | null][] {
  const heads: Record<string, (pen: CanvasRenderingContext2D) => void> = {
    upgrade: (pen) => { pen.beginPath(); pen.arc(15, 13, 10, 0, Math.PI * 2); },
    co_locate: (pen) => polygon(pen, [[6, 4], [24, 4], [24, 22], [6, 22]]),
    new_tower: (pen) => polygon(pen, [[15, 1.5], [26.5, 12], [22, 23], [8, 23], [3.5, 12]]),
    pole_small_cell: (pen) => polygon(pen, [[15, 1.5], [26.5, 13], [15, 24.5], [3.5, 13]]),
    leo: (pen) => polygon(pen, [[9, 3], [21, 3], [27, 13], [21, 23], [9, 23], [3, 13]]),
  };
  return Object.entries(heads).map(([action, head]): [string, ImageData | null] => [
    `pin-${action}`,
    draw(30, (pen) => {
      polygon(pen, [[10.5, 20], [15, 29], [19.5, 20]]);
      outlined(pen, palette.actions[action]!, palette.halo, 2.4);
      head(pen);
      outlined(pen, palette.actions[action]!, palette.halo, 2.4);
    }),
  ]);
}

/** A diagonal hatch for zones, so that they read without hue. */
function hatch(palette: Palette): ImageData | null {
  return draw(8, (pen) => {
    pen.strokeStyle = palette.zone;
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1;
    for (const shift of [-8, 0, 8]) {
      pen.beginPath();
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
      pen.stroke();
    }
  });
}

/** Every symbol in the colours of a theme. */
export function drawIcons(palette: Palette): Drawn[] {
  const all: [string, ImageData | null][] = [...villages(palette), ...sites(palette), ...pins(palette), ['zone-hatch', hatch(palette)]];
  return all.flatMap(([name, image]) => (image ? [{ name, image, pixelRatio: RATIO }] : []));
}
