import { useState } from 'preact/hooks';
import { useHistory } from '../api/history';
import { EventList } from '../parts/event-list';
import { Head } from '../parts/head';
import { usePages } from '../parts/pages';
import { Show } from '../parts/states';

export function EventsPage() {
  const events = useHistory(500);
  const [text, setText] = useState('');
  const [onlyBad, setOnlyBad] = useState(false);
  const found = (events.data ?? []).filter(e => (!onlyBad || e.code) && [e.kind, e.run, e.client, e.code].some(part => part?.toLowerCase().includes(text.trim().toLowerCase())));
  const { shown, turner } = usePages(found);
  return (
    <>
      <Head title="Events" />
      <div class="filters">
        <label class="field inline"><span>Search</span><input type="search" value={text} onInput={e => setText(e.currentTarget.value)} placeholder="Run, client, kind or code" /></label>
        <label class="check"><input type="checkbox" checked={onlyBad} onChange={e => setOnlyBad(e.currentTarget.checked)} /><span>Only refusals and failures</span></label>
      </div>
      <Show of={events}>{() => <div class="panel"><EventList events={shown} /></div>}</Show>
      {turner}
    </>
  );
}
