import { useState } from 'preact/hooks';
import { useRuns } from '../api/routes';
import { ended } from '../parts/badge';
import { usePages } from '../parts/pages';
import { RunCard } from '../parts/run-card';
import { Empty, Show } from '../parts/states';
import { Head } from '../parts/head';
import { Icon } from '../parts/icons';
import type { Run } from '../api/types';

export function RunsPage() {
  const runs = useRuns();
  return (
    <>
      <Head title="Runs" actions={<a class="button primary" href="/new"><Icon name="create" />New run</a>} />
      <Show of={runs}>{all => all.length === 0 ? <NoRuns /> : <List runs={all} />}</Show>
    </>
  );
}

function List({ runs }: { runs: Run[] }) {
  const [text, setText] = useState('');
  const [which, setWhich] = useState('all');
  const found = runs.filter(r => r.id.includes(text.trim().toLowerCase()) && (which === 'all' || (which === 'ended') === ended(r)));
  const { shown, turner } = usePages(found);
  return (
    <>
      <div class="filters">
        <label class="field inline"><span>Search</span><input type="search" value={text} onInput={e => setText(e.currentTarget.value)} placeholder="Name of a run" /></label>
        <label class="field inline"><span>Show</span>
          <select value={which} onChange={e => setWhich(e.currentTarget.value)}><option value="all">All</option><option value="active">Under way</option><option value="ended">Ended</option></select>
        </label>
      </div>
      {found.length === 0 ? <Empty title="No run matches"><button onClick={() => { setText(''); setWhich('all'); }}>Show all {runs.length}</button></Empty>
        : <ul class="cards">{shown.map(r => <li key={r.id}><RunCard run={r} /></li>)}</ul>}
      {turner}
    </>
  );
}

export const NoRuns = () => (
  <Empty title="No run yet" icon="runs">
    <p>A run is one federation's work: which adapter, which rule, how many rounds. Make an adapter where the base model is, with <code>federated adapter init</code>, then start here.</p>
    <p><a class="button primary" href="/new"><Icon name="create" />Create the first run</a></p>
  </Empty>
);
