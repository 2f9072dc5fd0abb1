import { useRuns } from '../api/routes';
import type { Run } from '../api/types';
import { short } from '../format';
import { RunBadge } from '../parts/badge';
import { Head } from '../parts/head';
import { Show } from '../parts/states';
import { Table } from '../parts/table';
import { NoRuns } from './runs';

export function AdaptersPage() {
  const runs = useRuns();
  return (
    <>
      <Head title="Adapters" note={<span class="muted">Each run publishes a line of versions; every version loads with Hugging Face peft on the original base.</span>} />
      <Show of={runs}>
        {all => all.length === 0 ? <NoRuns /> : (
          <div class="panel">
            <Table<Run> caption="Adapters by run" rows={all} rowKey={r => r.id} columns={[
              { name: 'Run', cell: r => <a href={`/adapters/${r.id}`}><b>{r.id}</b></a> },
              { name: 'Latest version', cell: r => r.version, numeric: true },
              { name: 'Strategy', cell: r => r.strategy },
              { name: 'Base', cell: r => <code title={r.spec.base}>{short(r.spec.base)}</code> },
              { name: 'Run stands at', cell: r => <RunBadge run={r} /> },
            ]} />
          </div>
        )}
      </Show>
    </>
  );
}
