import { useMemo } from 'preact/hooks';
import { useResource } from '../../api/resource';
import type { Run } from '../../api/types';
import { number } from '../../format';
import { Chart } from '../../parts/chart';
import { Panel } from '../../parts/panel';
import { Empty, Show } from '../../parts/states';

interface Ledger { rounds: { round: number; epsilon: number; delta?: number }[]; budget?: number | null; mechanism?: string }
interface Leakage { rounds: { round: number; score: number }[] }

/** What the run has spent of its privacy budget, and what its updates would tell an attacker; asked for where the run's settings have it. */
export function Privacy({ run }: { run: Run }) {
  const at = `/runs/${encodeURIComponent(run.id)}`;
  const ledger = useResource<Ledger>(run.spec['privacy'] ? `${at}/privacy` : null, e => e.run === run.id);
  const leakage = useResource<Leakage>(run.spec['leakage'] ? `${at}/leakage` : null, e => e.run === run.id);
  return (
    <>
      <Panel title="Privacy budget">{run.spec['privacy'] ? <Show of={ledger}>{l => <Budget ledger={l} />}</Show> : <Budget ledger={{ rounds: [] }} />}</Panel>
      <Panel title="Leak indicators">{run.spec['leakage'] ? <Show of={leakage}>{l => <Leaks leakage={l} />}</Show> : <Leaks leakage={{ rounds: [] }} />}</Panel>
    </>
  );
}

function Budget({ ledger }: { ledger: Ledger }) {
  const rounds = ledger.rounds ?? [];
  const lines = useMemo(() => [{ label: 'Epsilon spent', values: rounds.map(r => r.epsilon) }], [ledger]);
  if (rounds.length === 0) {
    return <Empty title="No differential privacy"><p>This run adds no noise, so nothing bounds what the published adapter tells about a client. A run with <code>privacy</code> in its settings keeps a ledger here.</p></Empty>;
  }
  return <Chart title="Epsilon" x={rounds.map(r => r.round)} lines={lines} format={number} />;
}

function Leaks({ leakage }: { leakage: Leakage }) {
  const rounds = leakage.rounds ?? [];
  const lines = useMemo(() => [{ label: 'Leak score', values: rounds.map(r => r.score) }], [leakage]);
  return rounds.length === 0
    ? <Empty title="Nothing was measured"><p>The release probe reports here what an update would give away, where a run asks for it.</p></Empty>
    : <Chart title="Leakage" x={rounds.map(r => r.round)} lines={lines} format={number} />;
}
