import { effect, signal } from '@preact/signals';
import { apiKey } from './key';
import { readEvents, type StreamState } from './stream';
import type { FederationEvent } from './types';

const kept = 500;

export const streamState = signal<StreamState | 'connecting'>('connecting');

/** The newest first. */
export const recentEvents = signal<readonly FederationEvent[]>([]);

type Listener = (event: FederationEvent) => void;
const listeners = new Set<Listener>();

export function onEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function startEvents(): void {
  if ('SharedWorker' in window) viaWorker();
  else viaPage();
}

function viaWorker(): void {
  const worker = new SharedWorker(new URL('./events-worker.ts', import.meta.url), { type: 'module', name: 'federated-events' });
  worker.port.onmessage = ({ data }: MessageEvent<{ event?: FederationEvent; state?: StreamState }>) => {
    if (data.event) take(data.event);
    if (data.state) streamState.value = data.state;
  };
  worker.port.start();
  effect(() => worker.port.postMessage({ key: apiKey.value }));
  addEventListener('pagehide', () => worker.port.postMessage('bye'));
}

function viaPage(): void {
  let reading = new AbortController();
  effect(() => {
    const key = apiKey.value;
    reading.abort();
    reading = new AbortController();
    void readEvents(() => key, { event: take, state: s => { streamState.value = s; } }, reading.signal);
  });
}

let waiting: FederationEvent[] = [];

// A fast run says more than a screen can show: what comes within a frame is shown at once.
function take(event: FederationEvent): void {
  waiting.push(event);
  for (const listener of listeners) listener(event);
  if (waiting.length === 1) setTimeout(show, 50);
}

function show(): void {
  const known = recentEvents.value[0]?.sequence ?? -1;
  const fresh = waiting.filter(e => e.sequence > known).reverse();
  waiting = [];
  if (fresh.length > 0) recentEvents.value = [...fresh, ...recentEvents.value].slice(0, kept);
}
