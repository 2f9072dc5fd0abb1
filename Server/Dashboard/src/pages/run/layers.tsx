import { useState } from 'preact/hooks';
import { useRounds } from '../../api/routes';
import type { GroupDiagnostics, Round, Run } from '../../api/types';
import { number, percent } from '../../format';
import { Panel } from '../../parts/panel';
import { Empty, Show } from '../../parts/states';
import { Table } from '../../parts/table';

type Metric = 'changeNorm' | 'biasRatio' | 'productErrorAfter' | 'correctionSize' | 'removableShare' | 'gramCondition';

const metrics: Record<Metric, { name: string; says: string; format: (v: number) => string }> = {
  changeNorm: { name: 'Change', says: 'how far the layer moved in the round (Frobenius norm)', format: number },
  biasRatio: { name: 'Bias of averaging', says: 'what averaging A and B apart would miss, relative to the mean product', format: v => percent(v, 2) },
  productErrorAfter: { name: 'Error left', says: 'what is still missed after the rule, relative to the mean product', format: v => percent(v, 2) },
  correctionSize: { name: 'Correction', says: 'size of the rule’s correction relative to the factor', format: v => percent(v, 2) },
  removableShare: { name: 'Removable', says: 'share of the bias that this rank can remove at all', format: v => percent(v) },
  gramCondition: { name: 'Condition', says: 'condition number of the normal equations', format: number },
};

const roundsShown = 60;

/** Where in the model the federation works: every layer over the rounds, by one figure at a time. */
export function Layers({ run }: { run: Run }) {
  const rounds = useRounds(run.id, run.round - 1 - roundsShown, roundsShown + 1);
  return <Show of={rounds}>{all => <Map rounds={all.filter(r => r.diagnostics.length > 0)} />}</Show>;
}

function Map({ rounds }: { rounds: Round[] }) {
  const [wanted, choose] = useState<Metric>('changeNorm');
  const known = (Object.keys(metrics) as Metric[]).filter(m => rounds.some(r => r.diagnostics.some(d => d[m] !== undefined)));
  const metric = known.includes(wanted) ? wanted : known[0];
  if (!metric) return <Empty title="No aggregation yet"><p>Diagnostics per layer come with the first published round.</p></Empty>;
  const layers = [...new Set(rounds.flatMap(r => r.diagnostics.map(d => d.group)))];
  const values = rounds.flatMap(r => r.diagnostics.flatMap(d => d[metric] ?? []));
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const { name, says, format } = metrics[metric];
  return (
    <Panel title="Layers over rounds" note={`${name}: ${says}`}>
      <div class="filters">
        <label class="field inline"><span>Figure</span>
          <select value={metric} onChange={e => choose(e.currentTarget.value as Metric)}>{known.map(m => <option key={m} value={m}>{metrics[m].name}</option>)}</select>
        </label>
        <span class="ramp" aria-hidden="true"><span>{format(min)}</span><i /><span>{format(max)}</span></span>
      </div>
      <div class="scroll" tabIndex={0} role="group" aria-label={`${name} of every layer in every round`}>
        <table class="heat">
          <thead><tr><th scope="col">Layer</th>{rounds.map(r => <th key={r.round} scope="col">{r.round}</th>)}</tr></thead>
          <tbody>
            {layers.map(layer => (
              <tr key={layer}>
                <th scope="row" title={layer}>{shortLayer(layer)}</th>
                {rounds.map(r => {
                  const value = r.diagnostics.find(d => d.group === layer)?.[metric];
                  return value === undefined ? <td key={r.round} />
                    : <td key={r.round} title={`${layer}, round ${r.round}: ${format(value)}`} style={{ '--heat': max > min ? (value - min) / (max - min) : 0.5 }}><span class="visually-hidden">{format(value)}</span></td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** Layers' names share long beginnings; the end tells them apart. */
const shortLayer = (group: string): string => group.length > 34 ? '…' + group.slice(-33) : group;

export function DiagnosticsTable({ groups }: { groups: GroupDiagnostics[] }) {
  const known = (Object.keys(metrics) as Metric[]).filter(m => groups.some(g => g[m] !== undefined));
  const most = Math.max(...groups.map(g => g.changeNorm ?? 0));
  return (
    <Table<GroupDiagnostics> caption="Aggregation per layer" rows={groups} rowKey={g => g.group} columns={[
      { name: 'Layer', cell: g => <span title={g.group} class="layer">{shortLayer(g.group)}{g.fallback && <small class="muted"> {g.fallback}</small>}</span> },
      { name: 'Clients', cell: g => g.contributors, numeric: true },
      ...known.map(m => ({
        name: metrics[m].name, numeric: true,
        cell: (g: GroupDiagnostics) => g[m] === undefined ? '–' : m === 'changeNorm' ? <span class="bar" style={{ '--bar': most > 0 ? g[m] / most : 0 }}>{number(g[m])}</span> : metrics[m].format(g[m]),
      })),
    ]} />
  );
}
