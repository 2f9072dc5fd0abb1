import { useMemo } from 'preact/hooks';
import { useCurves, type Columns } from '../../api/curves';
import { bytes, onAxis, seconds } from '../../format';
import { Chart } from '../../parts/chart';
import { Empty, Show } from '../../parts/states';

/** Brief: what the run is about, without what it takes. */
export function Curves({ run, brief = false }: { run: string; brief?: boolean }) {
  const curves = useCurves(run);
  return <Show of={curves}>{c => <Charts columns={c} brief={brief} />}</Show>;
}

function Charts({ columns, brief }: { columns: Columns; brief: boolean }) {
  // What the round under way has sent so far would look like a drop.
  const published = (values: number[]) => values.map((v, i) => columns.seconds[i] === null ? null : v);
  const lines = useMemo(() => ({
    accuracy: [{ label: 'Held-out accuracy', values: columns.accuracy }],
    loss: [{ label: 'Training', values: columns.trainingLoss }, { label: 'Held-out', values: columns.loss, dashed: true }],
    seconds: [{ label: 'Round', values: columns.seconds }],
    bytes: [{ label: 'Up', values: published(columns.bytesUp) }, { label: 'Down', values: published(columns.bytesDown), dashed: true }],
  }), [columns]);
  if (columns.round.length === 0) {
    return <Empty title="No round is published yet" icon="runs"><p>Curves begin with the first published round. If the run waits for clients, start them at their sites.</p></Empty>;
  }
  const known = (values: (number | null)[]) => values.some(v => v !== null);
  const learns = known([...columns.accuracy, ...columns.trainingLoss, ...columns.loss]);
  return (
    <div class={brief ? 'charts brief' : 'charts'}>
      {known(columns.accuracy) && <Chart title="Accuracy" x={columns.round} lines={lines.accuracy} format={onAxis.percent} />}
      {known([...columns.trainingLoss, ...columns.loss]) && <Chart title="Loss" x={columns.round} lines={lines.loss.filter(l => known(l.values))} format={onAxis.number} />}
      {(!brief || !learns) && known(columns.seconds) && <Chart title="Duration" x={columns.round} lines={lines.seconds} format={v => seconds(v)} />}
      {(!brief || !learns) && known(columns.seconds) && <Chart title="Bytes" x={columns.round} lines={lines.bytes} format={v => bytes(v)} binary />}
    </div>
  );
}
