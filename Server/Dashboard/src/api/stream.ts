import { Problem } from './problem';
import type { FederationEvent } from './types';

/** How the event stream stands: open, waiting for its next try, or not offered by this server. */
export type StreamState = 'live' | 'lost' | 'absent';

export interface StreamSink {
  event(event: FederationEvent): void;
  state(state: StreamState): void;
}

const silenceMs = 45_000;
const retryMs = [500, 1_000, 2_000, 5_000];

/** Reads server-sent events with fetch, because an EventSource cannot carry a key; goes on after the last one that it saw. */
export async function readEvents(key: () => string, sink: StreamSink, stop: AbortSignal): Promise<void> {
  let last = '';
  for (let failures = 0; !stop.aborted;) {
    const quiet = new AbortController();
    try {
      const response = await open(key(), last, AbortSignal.any([stop, quiet.signal]));
      sink.state('live');
      failures = 0;
      for await (const message of messages(response, () => quiet.abort())) {
        last = message.id || last;
        const event = parse(message.data);
        if (event) sink.event(event);
      }
    } catch (e) {
      if (e instanceof Problem && e.isAbsent) return sink.state('absent');
    }
    if (stop.aborted) return;
    sink.state('lost');
    await new Promise(resolve => setTimeout(resolve, retryMs[Math.min(failures++, retryMs.length - 1)]));
  }
}

async function open(key: string, last: string, signal: AbortSignal): Promise<Response> {
  const headers = new Headers({ accept: 'text/event-stream' });
  if (key) headers.set('authorization', `Bearer ${key}`);
  if (last) headers.set('last-event-id', last);
  const response = await fetch('/api/v1/events', { headers, signal, cache: 'no-store' });
  if (!response.ok) throw await Problem.of(response);
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw new Problem(404, '', 'This server streams no events.');
  return response;
}

async function* messages(response: Response, onSilence: () => void): AsyncGenerator<{ id: string; data: string }> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let [text, id, data] = ['', '', ''];
  while (true) {
    const timer = setTimeout(onSilence, silenceMs);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    const lines = (text + value).split(/\r?\n/);
    text = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('id:')) id = line.slice(3).trim();
      else if (line.startsWith('data:')) data += line.slice(5).trimStart();
      else if (line === '' && data) {
        yield { id, data };
        data = '';
      }
    }
  }
}

function parse(data: string): FederationEvent | null {
  try {
    return JSON.parse(data) as FederationEvent;
  } catch {
    return null;
  }
}
