import { describe, expect, it } from 'vitest';
import { Problem } from '../api/client';
import { Loaded } from './loaded.svelte';

function later<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => { resolve = yes; reject = no; });
  return { promise, resolve, reject };
}

describe('something fetched', () => {
  it('keeps the newest key’s answer, whichever comes last', async () => {
    const loaded = new Loaded<string>();
    const [old, next] = [later<string>(), later<string>()];
    const first = loaded.load('a', () => old.promise);
    const second = loaded.load('b', () => next.promise);
    next.resolve('new');
    await second;
    old.resolve('old');
    await first;
    expect([loaded.value, loaded.loading]).toEqual(['new', false]);
  });

  it('fetches a key once, shows the last value meanwhile, and empties on null', async () => {
    const loaded = new Loaded<number>();
    let fetched = 0;
    const fetch = async () => { fetched += 1; return fetched; };
    await loaded.load('a', fetch);
    await loaded.load('a', fetch);
    expect([fetched, loaded.value]).toEqual([1, 1]);
    const slow = later<number>();
    const waiting = loaded.load('b', () => slow.promise);
    expect([loaded.value, loaded.loading]).toEqual([1, true]);
    slow.resolve(7);
    await waiting;
    await loaded.load(null, fetch);
    expect([loaded.value, fetched]).toEqual([null, 1]);
  });

  it('holds a problem and tries again when asked', async () => {
    const loaded = new Loaded<number>();
    await loaded.load('a', async () => { throw new Problem({ code: 'gone', status: 404 }); });
    expect([loaded.value, loaded.problem?.document.code, loaded.loading]).toEqual([null, 'gone', false]);
    await loaded.load('a', async () => 3);
    expect([loaded.value, loaded.problem]).toEqual([3, null]);
  });
});
