import { apiKey, keyWanted } from './key';
import { Problem, Unreachable } from './problem';

const root = '/api/v1';
const limitMs = 30_000;

export type Body = Blob | object;

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return await (await call('GET', path, undefined, signal)).json() as T;
}

/** A whole list, page after page: nobody may be missing because there are many. */
export async function getAll<T>(path: string, signal?: AbortSignal): Promise<T> {
  const all: unknown[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const response: Response = await call('GET', next, undefined, signal);
    all.push(...await response.json() as unknown[]);
    next = /^<(?:\/api\/v1)?([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return all as T;
}

/** Every POST carries a key, so that a repeated click or a lost answer never does a thing twice. */
export async function post<T>(path: string, body?: Body): Promise<T> {
  const response = await call('POST', path, body);
  return (response.headers.get('content-type')?.includes('json') ? await response.json() : undefined) as T;
}

export const put = (path: string, body: Body): Promise<Response> => call('PUT', path, body);

/** A file of the interface, saved by the browser under a name. */
export async function download(path: string, name: string): Promise<void> {
  const blob = await (await call('GET', path)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function call(method: string, path: string, body?: Body, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(limitMs);
  const init: RequestInit = { method, headers: headers(method, body), signal: signal ? AbortSignal.any([signal, limit]) : limit };
  if (body !== undefined) init.body = body instanceof Blob ? body : JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(root + path, init);
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Unreachable();
  }
  if (response.ok) return response;
  if (response.status === 401) keyWanted.value = true;
  throw await Problem.of(response);
}

function headers(method: string, body?: Body): Headers {
  const all = new Headers({ accept: 'application/json' });
  if (apiKey.value) all.set('authorization', `Bearer ${apiKey.value}`);
  if (body !== undefined) all.set('content-type', body instanceof Blob ? 'application/octet-stream' : 'application/json');
  if (method === 'POST') all.set('idempotency-key', crypto.randomUUID());
  return all;
}
