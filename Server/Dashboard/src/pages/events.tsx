import { useState } from 'preact/hooks';
import { recentEvents } from '../api/events';
import { useResource } from '../api/resource';
import type { FederationEvent } from '../api/types';
import { EventList } from '../parts/event-list';
import { Head } from '../parts/head';
import { usePages } from '../parts/pages';
import { Failure } from '../parts/states';

export function EventsPage() {
  const older = useResource<FederationEvent[]>('/events?after=-500&limit=500');
  const [text, setText] = useState('');
  const [onlyBad, setOnlyBad] = useState(false);
  const all = merge(recentEvents.value, older.data ?? []);
  const found = all.filter(e => (!onlyBad || e.code) && [e.kind, e.run, e.client, e.code].some(part => part?.toLowerCase().includes(text.trim().toLowerCase())));
  const { shown, turner } = usePages(found);
  return (
    <>
      <Head title="Events" />
      <div class="filters">
        <label class="field inline"><span>Search</span><input type="search" value={text} onInput={e => setText(e.currentTarget.value)} placeholder="Run, client, kind or code" /></label>
        <label class="check"><input type="checkbox" checked={onlyBad} onChange={e => setOnlyBad(e.currentTarget.checked)} /><span>Only refusals and failures</span></label>
      </div>
      {older.error && all.length === 0 ? <Failure error={older.error} /> : <div class="panel"><EventList events={shown} /></div>}
      {turner}
    </>
  );
}

function merge(live: readonly FederationEvent[], older: readonly FederationEvent[]): FederationEvent[] {
  const bySequence = new Map([...older, ...live].map(e => [e.sequence, e]));
  return [...bySequence.values()].sort((a, b) => b.sequence - a.sequence);
}
