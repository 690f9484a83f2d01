import { afterEach, describe, expect, it, vi } from 'vitest';
import { asProblem, Problem, problemFrom, request } from './client';

afterEach(() => vi.unstubAllGlobals());

function answerWith(status: number, body: string) {
  vi.stubGlobal('fetch', vi.fn(async () => new Response(status === 204 ? null : body, { status })));
}

describe('problems', () => {
  it('keeps the texts of a problem document', () => {
    const problem = problemFrom(422, JSON.stringify({ code: 'sites_outside', detail_vi: 'Ngoài tỉnh', where: 'dòng 3' }));
    expect(problem.document).toMatchObject({ code: 'sites_outside', detail_vi: 'Ngoài tỉnh', where: 'dòng 3', status: 422 });
  });

  it('says something useful when the answer is not a problem document', () => {
    for (const text of ['<html>', '', '[]', 'null', '{"unrelated":1}']) {
      expect(problemFrom(502, text).document).toMatchObject({ code: 'unexpected_answer', status: 502 });
    }
  });

  it('turns a refused connection into advice', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => { throw new TypeError('refused'); }));
    const caught = await request('/api/health').catch(asProblem);
    expect(caught).toBeInstanceOf(Problem);
    expect((caught as Problem).document.code).toBe('service_unreachable');
  });
});

describe('requests', () => {
  it('answers parsed JSON, and null for no content', async () => {
    answerWith(200, '{"a":1}');
    expect(await request('/x')).toEqual({ a: 1 });
    answerWith(204, '');
    expect(await request('/x')).toBeNull();
  });

  it('refuses text that is not JSON', async () => {
    answerWith(200, '<!doctype html>');
    await expect(request('/x')).rejects.toBeInstanceOf(Problem);
  });
});
