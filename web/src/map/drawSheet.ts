/** Draws the sheet that is printed: the map as it stands with its title, legend, scale bar, north and parameters. */
import { dateTime, number } from '../format/numbers';
import { either, t, word } from '../messages';
import { preferences } from '../state/preferences.svelte';
import { parameter, pixelSizeM, scenarioOf, thresholdOf } from '../state/runs';
import { workspace } from '../state/workspace.svelte';
import type { MapEngine } from './engine';
import { operatorsAt } from './features';
import { palettes } from './palette';
import { actionShape, operatorShape, SHARED_SHAPES } from './shapes';
import { cutOf, DOTS_PER_MM, mapFrame, PAPERS, pdfOf, scaleBar, type Paper } from './sheet';

const INK = '#1d1f24';
const QUIET = '#5c5f66';
const FAMILY = '"Be Vietnam Pro", sans-serif';

/** The sheet as a picture, 200 dots an inch. */
export async function drawSheet(engine: MapEngine, paper: Paper): Promise<HTMLCanvasElement> {
  const language = preferences.language;
  const [widthMm, heightMm] = PAPERS[paper];
  const px = (mm: number) => mm * DOTS_PER_MM;
  const sheet = document.createElement('canvas');
  sheet.width = Math.round(px(widthMm));
  sheet.height = Math.round(px(heightMm));
  const pen = sheet.getContext('2d')!;
  const write = (words: string, x: number, y: number, size: number, style: { weight?: number; colour?: string; align?: CanvasTextAlign; most?: number } = {}) => {
    pen.font = `${style.weight ?? 400} ${px(size)}px ${FAMILY}`;
    pen.fillStyle = style.colour ?? INK;
    pen.textAlign = style.align ?? 'left';
    pen.fillText(words, px(x), px(y), style.most === undefined ? undefined : px(style.most));
    return pen.measureText(words).width / DOTS_PER_MM;
  };
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, sheet.width, sheet.height);

  const { project, run, layer, address } = workspace;
  const operator = address.operator === 'any' ? t('operator.any') : address.operator;
  write(project?.name ?? '', 10, 13, 6, { weight: 600, most: widthMm - 20 });
  const what = workspace.shown.signal && layer ? `${word('quantity', layer.quantity)} ${address.technology.toUpperCase()} · ${operator}` : t('room.map');
  write(`${what}${scenarioOf(run) ? ` · ${scenarioOf(run)}` : ''}${project?.synthetic ? ` · ${t('synthetic.label')}` : ''}`, 10, 20, 3.8, { colour: QUIET, most: widthMm - 20 });

  const frame = mapFrame(paper);
  const picture = await engine.fineCanvas(px(frame.width));
  const window = { width: picture.window.width, height: picture.window.height };
  const cut = cutOf(picture.canvas, window, frame.width / frame.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture.canvas, cut.x, cut.y, cut.width, cut.height, px(frame.x), px(frame.y), px(frame.width), px(frame.height));
  pen.strokeStyle = '#888888';
  pen.lineWidth = px(0.2);
  pen.strokeRect(px(frame.x), px(frame.y), px(frame.width), px(frame.height));

  // MapLibre counts zoom in tiles of 512 pixels.
  const metresWide = (pixelSizeM(engine.map.getZoom(), engine.map.getCenter().lat) / 2) * (cut.width / picture.ratio);
  const bar = scaleBar(metresWide);
  const [barX, barY, barMm] = [frame.x + 5, frame.y + frame.height - 6, bar.share * frame.width];
  pen.fillStyle = 'rgb(255 255 255 / 80%)';
  pen.fillRect(px(barX - 2), px(barY - 5.5), px(barMm + 4), px(8.5));
  pen.strokeStyle = INK;
  pen.lineWidth = px(0.5);
  pen.beginPath();
  pen.moveTo(px(barX), px(barY - 2));
  pen.lineTo(px(barX), px(barY));
  pen.lineTo(px(barX + barMm), px(barY));
  pen.lineTo(px(barX + barMm), px(barY - 2));
  pen.stroke();
  write(bar.metres >= 1000 ? `${number(bar.metres / 1000, language)} km` : `${number(bar.metres, language)} m`, barX + barMm / 2, barY - 1.2, 3, { align: 'center' });

  const [northX, northY] = [frame.x + frame.width - 8, frame.y + 5];
  pen.fillStyle = INK;
  pen.beginPath();
  for (const [x, y] of [[0, 0], [3.4, 12], [0, 9.4], [-3.4, 12]] as const) pen.lineTo(px(northX + x), px(northY + y));
  pen.fill();
  write(t('print.north'), northX, northY + 16, 3.4, { weight: 600, align: 'center' });

  const later: [words: string, colour: string][] = [];
  let y = frame.y + frame.height + 7;
  let x = 10;
  const legend = [...(layer?.legend ?? [])].sort((a, b) => a.value - b.value);
  if (workspace.shown.signal && workspace.overlay) {
    for (const one of workspace.overlay.legend) later.push([either({ vi: one.label_vi, en: one.label_en }), one.color]);
  } else if (workspace.shown.signal && layer && legend.length > 1) {
    const [low, high] = [legend[0]!.value, legend[legend.length - 1]!.value];
    const scale = pen.createLinearGradient(px(x), 0, px(x + 70), 0);
    for (const stop of legend) scale.addColorStop((stop.value - low) / (high - low || 1), stop.color);
    pen.fillStyle = scale;
    pen.fillRect(px(x), px(y - 3), px(70), px(4));
    const shown = (value: number) => number(layer.unit === '1' ? value * 100 : value, language);
    const threshold = layer.threshold ?? (run && layer.quantity === 'signal' ? thresholdOf(run, address.technology) : null);
    if (threshold !== null && threshold >= low && threshold <= high) {
      const at = x + (70 * (threshold - low)) / (high - low || 1);
      pen.fillStyle = INK;
      pen.fillRect(px(at - 0.25), px(y - 4), px(0.5), px(6));
    }
    write(shown(low), x, y + 4.5, 3);
    write(layer.unit === '1' ? '%' : layer.unit, x + 35, y + 4.5, 3, { align: 'center', colour: QUIET });
    write(shown(high), x + 70, y + 4.5, 3, { align: 'right' });
    x += 80;
  }
  const palette = palettes.light;
  const dot = (fill: string, ring: string | null) => {
    pen.beginPath();
    pen.arc(px(x + 1.5), px(y), px(1.3), 0, 7);
    pen.fillStyle = fill;
    pen.fill();
    if (ring) { pen.strokeStyle = ring; pen.lineWidth = px(0.7); pen.stroke(); }
  };
  /** Half filled, as hollow villages are on the map. */
  const half = (colour: string) => {
    dot('#ffffff', colour);
    pen.beginPath();
    pen.arc(px(x + 1.5), px(y), px(1.3), Math.PI / 2, (3 * Math.PI) / 2);
    pen.fillStyle = colour;
    pen.fill();
  };
  /** Paths of a square of 24, each in its colour. */
  const shape = (...paths: (readonly [path: string, colour: string])[]) => {
    pen.save();
    pen.translate(px(x), px(y - 1.5));
    pen.scale(px(3) / 24, px(3) / 24);
    for (const [path, colour] of paths) { pen.fillStyle = colour; pen.fill(new Path2D(path)); }
    pen.restore();
  };
  const key = (words: string, symbol: () => void) => {
    pen.font = `400 ${px(3.2)}px ${FAMILY}`;
    if (x + 5 + pen.measureText(words).width / DOTS_PER_MM > widthMm - 10) { x = 90; y += 5.5; }
    symbol();
    x += 5 + write(words, x + 4, y + 1.1, 3.2) + 3;
  };
  for (const [words, colour] of later) key(words, () => dot(colour, null));
  if (workspace.shown.villages) {
    key(word('village', 'white'), () => dot('#ffffff', palette.unserved));
    key(word('village', 'hollow'), () => half(palette.hollow));
    key(word('village', 'served'), () => dot(palette.served, null));
  }
  if (workspace.shown.sites) {
    const tenants = (workspace.collections.sites.value?.features ?? []).map(operatorsAt);
    const present = new Set(tenants.flat());
    for (const [name, colour] of Object.entries(palette.operators)) if (present.has(name)) key(name, () => shape([operatorShape(name), colour]));
    if ([...present].some((name) => !(name in palette.operators))) key(t('operator.other'), () => shape([operatorShape('other'), palette.operators.other!]));
    if (tenants.some((names) => names.length > 1)) key(t('legend.shared'), () => shape(...SHARED_SHAPES.map(([name, path]) => [path, palette.operators[name]!] as const)));
  }
  if (workspace.shown.candidates) {
    for (const action of new Set((workspace.candidates.value?.features ?? []).map((feature) => feature.properties.action))) key(word('action_type', action), () => shape([actionShape(action), palette.actions[action] ?? palette.unknown]));
  }
  const line = (colour: string, box: boolean) => {
    pen.strokeStyle = colour;
    pen.lineWidth = px(0.4);
    if (box) pen.strokeRect(px(x), px(y - 1.3), px(3), px(2.6));
    pen.beginPath();
    pen.moveTo(px(x), px(box ? y + 1.3 : y));
    pen.lineTo(px(x + 3), px(box ? y - 1.3 : y));
    pen.stroke();
  };
  if (workspace.shown.zones && workspace.collections.zones.value) key(t('layer.zones'), () => line(palette.zone, true));
  if (workspace.shown.footprint && run) key(t('layer.footprint'), () => line(palette.footprint, false));

  if (run) {
    const zoom = parameter(run, 'zoom');
    const facts = [
      word('model', String(run.parameters.model ?? '')), `${t('top.threshold')} ${number(thresholdOf(run, address.technology), language)} dBm`,
      t('legend.probability', { value: number((parameter(run, 'edge_probability') ?? 0) * 100, language) }),
      ...(zoom === null ? [] : [t('legend.pixel', { size: number(pixelSizeM(zoom, engine.map.getCenter().lat), language) })]),
      `${t('run.id')} ${run.id.slice(0, 12)}`, dateTime(run.created_at, language),
    ];
    write(facts.join(' · '), 10, heightMm - 12, 3.2, { most: widthMm - 20 });
  }
  write(`Phủ Sóng · ${t('print.made', { time: dateTime(new Date().toISOString(), language) })}`, 10, heightMm - 6.5, 3.2, { colour: QUIET });
  return sheet;
}

async function blobOf(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), type, 0.92));
}

/** The sheet as a file. */
export async function sheetFile(engine: MapEngine, paper: Paper, format: 'png' | 'pdf'): Promise<Blob> {
  const canvas = await drawSheet(engine, paper);
  if (format === 'png') return blobOf(canvas, 'image/png');
  const jpeg = new Uint8Array(await (await blobOf(canvas, 'image/jpeg')).arrayBuffer());
  return new Blob([pdfOf(jpeg, canvas, paper, workspace.project?.name ?? 'Phủ Sóng')], { type: 'application/pdf' });
}
