import { useMemo } from 'preact/hooks';
import { useCurves, type Columns } from '../../api/curves';
import { bytes, number, percent, seconds } from '../../format';
import { Chart } from '../../parts/chart';
import { Empty, Show } from '../../parts/states';

export function Curves({ run }: { run: string }) {
  const curves = useCurves(run);
  return <Show of={curves}>{c => <Charts columns={c} />}</Show>;
}

function Charts({ columns }: { columns: Columns }) {
  const lines = useMemo(() => ({
    accuracy: [{ label: 'Held-out accuracy', values: columns.accuracy }],
    loss: [{ label: 'Training', values: columns.trainingLoss }, { label: 'Held-out', values: columns.loss, dashed: true }],
    seconds: [{ label: 'Round', values: columns.seconds }],
    bytes: [{ label: 'Up', values: columns.bytesUp }, { label: 'Down', values: columns.bytesDown, dashed: true }],
  }), [columns]);
  if (columns.round.length === 0) {
    return <Empty title="No round is published yet" icon="runs"><p>Curves begin with the first published round. If the run waits for clients, start them at their sites.</p></Empty>;
  }
  const known = (values: (number | null)[]) => values.some(v => v !== null);
  return (
    <div class="charts">
      {known(columns.accuracy) && <Chart title="Accuracy" x={columns.round} lines={lines.accuracy} format={v => percent(v)} />}
      {known([...columns.trainingLoss, ...columns.loss]) && <Chart title="Loss" x={columns.round} lines={lines.loss.filter(l => known(l.values))} format={number} />}
      {known(columns.seconds) && <Chart title="Duration" x={columns.round} lines={lines.seconds} format={seconds} />}
      {known(columns.bytesUp) && <Chart title="Bytes" x={columns.round} lines={lines.bytes} format={bytes} />}
    </div>
  );
}
