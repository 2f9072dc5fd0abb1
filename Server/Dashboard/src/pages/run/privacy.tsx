import { useMemo } from 'preact/hooks';
import { useResource } from '../../api/resource';
import { number } from '../../format';
import { Chart } from '../../parts/chart';
import { Panel } from '../../parts/panel';
import { Empty, Show } from '../../parts/states';

interface Ledger { rounds: { round: number; epsilon: number; delta?: number }[]; budget?: number | null; mechanism?: string }
interface Leakage { rounds: { round: number; score: number }[] }

/** What the run has spent of its privacy budget, and what its updates would tell an attacker. */
export function Privacy({ run }: { run: string }) {
  const at = `/runs/${encodeURIComponent(run)}`;
  const ledger = useResource<Ledger>(`${at}/privacy`, e => e.run === run);
  const leakage = useResource<Leakage>(`${at}/leakage`, e => e.run === run);
  return (
    <>
      <Panel title="Privacy budget"><Show of={ledger}>{l => <Budget ledger={l} />}</Show></Panel>
      <Panel title="Leak indicators"><Show of={leakage}>{l => <Leaks leakage={l} />}</Show></Panel>
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
