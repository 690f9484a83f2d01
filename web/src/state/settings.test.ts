import { describe, expect, it } from 'vitest';
import { costsOf } from './settings.svelte';

describe('costs of a project', () => {
  const usual = { source: 'usual', capital_million_vnd: { upgrade: 450, leo: 30 }, yearly_million_vnd: { upgrade: 60 } };
  it('are the usual ones where it has none of its own', () => expect(costsOf({}, usual)).toBeNull());
  it('are laid over the usual ones, whole, because a plan takes all or none', () => {
    expect(costsOf({ capital_million_vnd: { upgrade: 500 } }, usual)).toEqual({ source: 'usual', capital_million_vnd: { upgrade: 500, leo: 30 }, yearly_million_vnd: { upgrade: 60 } });
    expect(usual.capital_million_vnd.upgrade).toBe(450);
  });
});
