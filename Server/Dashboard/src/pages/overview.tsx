import { useHistory } from '../api/history';
import { useFleet, useRuns } from '../api/routes';
import type { Client, Run } from '../api/types';
import { count, plural } from '../format';
import { ended } from '../parts/badge';
import { EventList } from '../parts/event-list';
import { FleetMap } from '../parts/fleet-map';
import { Head } from '../parts/head';
import { Icon } from '../parts/icons';
import { Figure, Panel } from '../parts/panel';
import { published, RunCard } from '../parts/run-card';
import { Empty, Show } from '../parts/states';
import { Curves } from './run/curves';
import { NoRuns } from './runs';

const [cards, events] = [6, 8];

export function OverviewPage() {
  const [runs, fleet] = [useRuns(), useFleet()];
  const latest = useHistory(events);
  const watched = newest(runs.data ?? [])[0];
  return (
    <>
      <Head title="Overview" actions={<a class="button primary" href="/new"><Icon name="create" />New run</a>} />
      <Show of={runs}>{all => <Figures runs={all} fleet={fleet.data ?? []} />}</Show>
      <Attention runs={runs.data ?? []} fleet={fleet.data ?? []} />
      <div class="columns">
        <div class="stack">
          <Panel title="Runs" actions={<a href="/runs">All runs</a>}>
            <Show of={runs}>{all => all.length === 0 ? <NoRuns /> : <ul class="cards">{newest(all).map(r => <li key={r.id}><RunCard run={r} /></li>)}</ul>}</Show>
          </Panel>
          {watched && <Panel title={watched.id} note={ended(watched) ? 'the newest run' : 'the newest run under way'} actions={<a href={`/runs/${watched.id}`}>The run</a>}><Curves key={watched.id} run={watched.id} brief /></Panel>}
        </div>
        <div class="stack">
          <Panel title="Fleet" actions={<a href="/fleet">All clients</a>}>
            <Show of={fleet}>{all => all.length === 0 ? <NoClients /> : <FleetMap clients={all} />}</Show>
          </Panel>
          <Panel title="Latest events" actions={<a href="/events">All events</a>}>
            <Show of={latest}>{all => <EventList events={all.slice(0, events)} brief />}</Show>
          </Panel>
        </div>
      </div>
    </>
  );
}

const newest = (runs: Run[]): Run[] => [...runs].sort((a, b) => Number(ended(a)) - Number(ended(b)) || (b.createdMs ?? 0) - (a.createdMs ?? 0)).slice(0, cards);

function Figures({ runs, fleet }: { runs: Run[]; fleet: Client[] }) {
  const active = runs.filter(r => !ended(r));
  const connected = fleet.filter(c => c.state === 'Connected');
  const working = fleet.filter(c => c.progress);
  return (
    <dl class="figures">
      <Figure label="Runs under way" value={count(active.length)} note={`${count(runs.length)} in all`} />
      <Figure label="Clients connected" value={count(connected.length)} note={`${count(fleet.length)} known`} />
      <Figure label="Working now" value={count(working.length)} note="training, sending, evaluating" />
      <Figure label="Rounds published" value={count(runs.reduce((sum, r) => sum + published(r), 0))} note="over all runs" />
    </dl>
  );
}

/** What waits for a person, each with the place to go. */
function Attention({ runs, fleet }: { runs: Run[]; fleet: Client[] }) {
  const failing = runs.filter(r => r.lastError && !ended(r));
  const starved = runs.filter(r => r.phase === 'Selecting' && !r.paused);
  const pending = fleet.filter(c => c.state === 'Pending' || c.approved === false);
  if (failing.length + starved.length + pending.length === 0) return null;
  return (
    <section class="attention" aria-label="Needs attention">
      {failing.map(r => <a key={r.id} href={`/runs/${r.id}`}><Icon name="warning" /><span><b>{r.id}</b> fails: {r.lastError}</span></a>)}
      {starved.map(r => <a key={r.id} href={`/runs/${r.id}`}><Icon name="warning" /><span><b>{r.id}</b> waits for clients: {r.joined.length} joined, {r.spec.cohort?.minimum ?? 1} needed at least</span></a>)}
      {pending.length > 0 && <a href="/fleet"><Icon name="warning" /><span>{plural(pending.length, 'client')} wait{pending.length === 1 ? 's' : ''} for approval</span></a>}
    </section>
  );
}

export const NoClients = () => (
  <Empty title="No client yet" icon="fleet"><p>At a site, run <code>federated client run --config client.json</code>. It connects by itself and appears here.</p></Empty>
);
