import { useMemo } from 'preact/hooks';
import { useResource } from '../../api/resource';
import type { Run } from '../../api/types';
import { count, number, onAxis, percent } from '../../format';
import { Chart } from '../../parts/chart';
import { Figure, Panel, Progress } from '../../parts/panel';
import { Empty, Show } from '../../parts/states';
import { Table } from '../../parts/table';

interface Ledger {
  at?: string | null; unit?: string | null; accountant?: string | null; delta?: number | null; budget?: number | null; spent?: number | null; noise?: number | null;
  participations: Record<string, number>;
  rounds: { round: number; noise: number; clients: number; epsilon: number }[];
}

interface Leakage { probePack?: string | null; threshold: number; rounds: { round: number; updates: LeakIndicator[] }[] }
interface LeakIndicator { client: string; tensor: string; candidates: number; outliers: number; lowest: number }

/** What the run has spent of its privacy budget, and what its updates would tell an attacker. */
export function Privacy({ run }: { run: Run }) {
  const at = `/runs/${encodeURIComponent(run.id)}`;
  const ledger = useResource<Ledger>(`${at}/privacy`, { when: e => e.run === run.id });
  const leakage = useResource<Leakage>(`${at}/leakage`, { when: e => e.run === run.id });
  return (
    <>
      <Panel title="Privacy budget"><Show of={ledger}>{l => l.at ? <Budget ledger={l} /> : <NoPrivacy />}</Show></Panel>
      <Panel title="Leak indicators"><Show of={leakage}>{l => l.probePack ? <Leaks leakage={l} /> : <NoProbe />}</Show></Panel>
    </>
  );
}

const NoPrivacy = () => (
  <Empty title="No differential privacy"><p>This run adds no noise, so nothing bounds what the published adapter tells about a client. A run with <code>privacy</code> in its settings keeps a ledger here.</p></Empty>
);

const NoProbe = () => (
  <Empty title="Nothing is measured"><p>A run with a <code>probePack</code> compares every update with public candidates and counts those that stand out.</p></Empty>
);

function Budget({ ledger }: { ledger: Ledger }) {
  const lines = useMemo(() => [
    { label: 'Spent', values: ledger.rounds.map(r => r.epsilon) },
    ...ledger.budget ? [{ label: 'Budget', values: ledger.rounds.map(() => ledger.budget!), dashed: true }] : [],
  ], [ledger]);
  return (
    <>
      <dl class="figures small">
        <Figure label="Epsilon spent" value={ledger.spent == null ? 'at the sites' : number(ledger.spent)} note={ledger.budget ? `of ${number(ledger.budget)}` : undefined} />
        {ledger.delta != null && <Figure label="Delta" value={ledger.delta.toExponential(0)} note={ledger.accountant ? `accountant ${ledger.accountant}` : undefined} />}
        {ledger.noise != null && <Figure label="Noise of a round" value={number(ledger.noise)} note={`added at the ${ledger.at}, per ${ledger.unit}`} />}
        <Figure label="Participants" value={count(Object.keys(ledger.participations).length)} note="in rounds that count" />
      </dl>
      {ledger.spent != null && ledger.budget && <Progress value={ledger.spent} of={ledger.budget} label="Epsilon spent of the budget" />}
      {ledger.rounds.length === 0 ? <Empty title="No round has counted yet"><p>The ledger grows with every published round.</p></Empty>
        : <Chart title="Epsilon" x={ledger.rounds.map(r => r.round)} lines={lines} format={onAxis.number} />}
    </>
  );
}

function Leaks({ leakage }: { leakage: Leakage }) {
  const rounds = leakage.rounds.filter(r => r.updates.length > 0);
  const lines = useMemo(() => [
    { label: 'Largest share', values: rounds.map(r => Math.max(...r.updates.map(share))) },
    { label: 'Mean share', values: rounds.map(r => r.updates.reduce((sum, u) => sum + share(u), 0) / r.updates.length), dashed: true },
  ], [leakage]);
  const newest = rounds.at(-1);
  if (!newest) return <Empty title="No round was measured yet"><p>Indicators come with the first published round.</p></Empty>;
  return (
    <>
      <Chart title="Candidates that stand out" x={rounds.map(r => r.round)} lines={lines} format={v => percent(v)} />
      <Table<LeakIndicator> caption={`Leak indicators of round ${newest.round}`} rows={[...newest.updates].sort((a, b) => share(b) - share(a)).slice(0, 50)} rowKey={u => `${u.client}/${u.tensor}`} columns={[
        { name: 'Client', cell: u => <b>{u.client}</b> },
        { name: 'Factor', cell: u => <span class="layer">{u.tensor}</span> },
        { name: 'Standing out', cell: u => `${count(u.outliers)} of ${count(u.candidates)}`, numeric: true },
        { name: 'Lowest distance', cell: u => number(u.lowest), numeric: true },
      ]} />
    </>
  );
}

const share = (u: LeakIndicator): number => u.candidates > 0 ? u.outliers / u.candidates : 0;
