import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../rooms/kinds';
import { EXPORTS } from '../api/formats';
import { DRAWER_VIEWS } from '../state/drawer';
import { ROOMS, SELECTION_KINDS } from '../state/address';
import { en } from './en';
import { vi } from './vi';

const places = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort();
const keys = Object.keys(vi) as (keyof typeof vi)[];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'messages' ? [] : sources(path);
    return /\.(svelte|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

describe('the message files', () => {
  it('are complete in both languages, with the same places to fill', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect(vi[key].trim(), key).not.toBe('');
      expect(en[key].trim(), key).not.toBe('');
      expect(places(en[key]), key).toEqual(places(vi[key]));
    }
  });

  it('are written in composed letters', () => {
    for (const key of keys) expect(vi[key], key).toBe(vi[key].normalize('NFC'));
  });

  it('have every word that the page asks for', () => {
    const text = sources(join(import.meta.dirname, '..')).join('\n');
    const asked = [...text.matchAll(/\bt\('([^']+)'/g)].map((match) => match[1]!);
    expect(asked.length).toBeGreaterThan(100);
    const missing = [...new Set(asked)].filter((key) => !(key in vi));
    expect(missing).toEqual([]);
  });

  it('have a word for every field that a list may hold', () => {
    const columns = readFileSync(join(import.meta.dirname, '../../../data/columns.toml'), 'utf8');
    const fields = new Set([...columns.matchAll(/^(\w+) = \[/gm)].map((match) => match[1]!));
    expect(fields.size).toBeGreaterThan(60);
    expect([...fields].filter((field) => !(`field.${field}` in vi))).toEqual([]);
  });

  it('have a word for everything that the audit log can hold', () => {
    const rust = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? rust(join(folder, entry.name)) : /\.rs$/.test(entry.name) ? [readFileSync(join(folder, entry.name), 'utf8')] : []));
    const service = rust(join(import.meta.dirname, '../../../crates/server/src')).join('\n');
    const actions = new Set([...service.matchAll(/"((?:account|dataset|import|mapping|programme|project|run|session|settings|signal|token)\.[a-z_]+)"/g)].map((match) => match[1]!));
    expect(actions.size).toBeGreaterThan(25);
    expect([...actions].filter((action) => !(`audit.${action}` in vi))).toEqual([]);
  });

  it('have every word that is put together', () => {
    const built = [
      ...ROOMS.map((room) => `room.${room}`),
      ...SELECTION_KINDS.map((kind) => `selection.${kind}`),
      ...KINDS.flatMap(({ kind }) => [`kind.${kind}`, `kind.${kind}.rows`, `kind.${kind}.formats`]),
      ...EXPORTS.flatMap(({ layer, needs }) => [`export.${layer}`, `reports.needs_${needs}`]),
      ...DRAWER_VIEWS.map((view) => `drawer.${view}`),
      ...['signal', 'footprint', 'sites', 'villages', 'communes', 'zones', 'candidates', 'hillshade', 'reports'].map((layer) => `layer.${layer}`),
    ];
    expect(built.filter((key) => !(key in vi))).toEqual([]);
  });
});
