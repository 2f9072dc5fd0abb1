import { readEvents } from './stream';

// One stream for all tabs of a browser: a browser opens few connections to a server, and each page would take one for ever.
const scope = self as unknown as { onconnect: ((event: MessageEvent) => void) | null };
const pages = new Set<MessagePort>();
let key = '';
let reading: AbortController | null = null;
let state: unknown = null;

scope.onconnect = ({ ports: [port] }) => {
  if (!port) return;
  pages.add(port);
  port.onmessage = ({ data }: MessageEvent<{ key: string } | 'bye'>) => {
    if (data === 'bye') pages.delete(port);
    else if (!reading || data.key !== key) restart(data.key);
    else if (state) port.postMessage(state);
  };
};

function restart(next: string): void {
  reading?.abort();
  reading = new AbortController();
  key = next;
  const sink = {
    event: (event: unknown) => tell({ event }),
    state: (value: unknown) => tell(state = { state: value }),
  };
  void readEvents(() => key, sink, reading.signal);
}

function tell(message: unknown): void {
  for (const page of pages) page.postMessage(message);
}
