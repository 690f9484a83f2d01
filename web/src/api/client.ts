/** Talks to the service: JSON in and out, every failure as a `Problem` that a person can read. */
import type { ProblemDocument } from './types';

/** A failed request. `document` says what was wrong, where, and what to do, in both languages. */
export class Problem extends Error {
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument) {
    super(document.detail_en ?? document.detail ?? document.title ?? document.code);
    this.document = document;
  }
}

const unreachable: ProblemDocument = {
  code: 'service_unreachable',
  detail_vi: 'Không kết nối được với dịch vụ Phủ Sóng.',
  detail_en: 'The Phủ Sóng service cannot be reached.',
  what_to_do_vi: 'Kiểm tra chương trình phusong có đang chạy không, rồi thử lại.',
  what_to_do_en: 'Check that the phusong program is running, then try again.',
};

function unexpected(status: number): ProblemDocument {
  return {
    code: 'unexpected_answer',
    status,
    detail_vi: `Dịch vụ trả lời ngoài dự kiến (mã ${status}).`,
    detail_en: `The service gave an unexpected answer (status ${status}).`,
    what_to_do_vi: 'Thử lại; nếu vẫn lỗi, gửi mã này cho người quản trị.',
    what_to_do_en: 'Try again; if it persists, give this code to the administrator.',
  };
}

/** Reads a problem out of an answer's text, whatever the answer was. */
export function problemFrom(status: number, text: string): Problem {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && ('code' in parsed || 'detail' in parsed || 'title' in parsed)) {
      return new Problem({ ...unexpected(status), ...(parsed as Partial<ProblemDocument>) } as ProblemDocument);
    }
  } catch {
    // Not JSON: the generic problem below is all that can be said.
  }
  return new Problem(unexpected(status));
}

/** Anything thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(unreachable);
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

/** One request; answers the parsed JSON, or `null` when there is no content. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const init: RequestInit = { method: options.method ?? 'GET', headers: { accept: 'application/json' } };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    init.body = JSON.stringify(options.body);
    init.headers = { ...init.headers, 'content-type': 'application/json' };
  }
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(unreachable);
  }
  const text = await answer.text();
  if (!answer.ok) throw problemFrom(answer.status, text);
  if (text === '') return null as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Problem(unexpected(answer.status));
  }
}

/** Sends files with progress from 0 to 1; `XMLHttpRequest` because `fetch` cannot report an upload. */
export function upload<T>(
  path: string,
  files: readonly File[],
  onProgress: (fraction: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const file of files) form.append('file', file, file.name);
    const sender = new XMLHttpRequest();
    sender.open('POST', path);
    sender.setRequestHeader('accept', 'application/json');
    sender.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    };
    sender.onerror = () => reject(new Problem(unreachable));
    sender.onabort = () => reject(new DOMException('cancelled', 'AbortError'));
    sender.onload = () => {
      if (sender.status < 200 || sender.status >= 300) reject(problemFrom(sender.status, sender.responseText));
      else {
        try {
          resolve(JSON.parse(sender.responseText) as T);
        } catch {
          reject(new Problem(unexpected(sender.status)));
        }
      }
    };
    signal?.addEventListener('abort', () => sender.abort());
    sender.send(form);
  });
}
