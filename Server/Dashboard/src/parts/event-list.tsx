import { streamState } from '../api/events';
import type { FederationEvent } from '../api/types';
import { bytes, clock, moment, number, short } from '../format';
import { Empty } from './states';

/** Words for a kind: "round-published" is "Round published". */
const words = (kind: string): string => {
  const text = kind.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[-_.]/g, ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const isDigest = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

const shown = (name: string, value: unknown): string => isDigest(value) ? short(value)
  : typeof value === 'number' && /bytes$/i.test(name) ? bytes(value)
  : typeof value === 'number' && !Number.isInteger(value) ? number(value) : String(value);

const details = (e: FederationEvent, brief: boolean): string => Object.entries(e.data ?? {})
  .filter(([, v]) => v !== null && typeof v !== 'object' && !(brief && isDigest(v))).map(([k, v]) => `${words(k).toLowerCase()} ${shown(k, v)}`).slice(0, 4).join(', ');

/** Brief: without digests. */
export function EventList({ events, brief = false }: { events: readonly FederationEvent[]; brief?: boolean }) {
  if (events.length === 0) {
    return <Empty title="Nothing has happened yet" icon="events">
      {streamState.value === 'absent' ? <p>This coordinator streams no events; the other pages ask for changes by themselves.</p> : <p>Events appear here as rounds go on.</p>}
    </Empty>;
  }
  return (
    <ol class="event-list">
      {events.map(e => (
        <li key={e.sequence} class={e.code ? 'bad' : ''}>
          <time dateTime={new Date(e.timeMs).toISOString()} title={moment(e.timeMs)}>{clock(e.timeMs)}</time>
          <span>
            <b>{words(e.kind)}</b>{' '}
            {e.run && <a href={`/runs/${e.run}`}>{e.run}</a>}{e.round ? ` round ${e.round}` : ''}{e.client ? ` · ${e.client}` : ''}
            {e.code && <code> {e.code}</code>}
            {details(e, brief) && <span class="muted"> {details(e, brief)}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
