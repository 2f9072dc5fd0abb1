import { useRound } from '../../api/routes';
import type { Participation, Round, Run } from '../../api/types';
import { bytes, count, number, percent, plural, seconds } from '../../format';
import { go } from '../../router';
import { Badge } from '../../parts/badge';
import { usePages } from '../../parts/pages';
import { Figure, Panel } from '../../parts/panel';
import { Empty, Show } from '../../parts/states';
import { Table } from '../../parts/table';
import { DiagnosticsTable } from './layers';
import { Timeline } from './timeline';

export function Rounds({ run, chosen }: { run: Run; chosen: string | undefined }) {
  const newest = run.phase === 'Completed' ? run.rounds : run.phase === 'Idle' || run.phase === 'Selecting' ? run.round - 1 : run.round;
  if (newest === 0) return <Empty title="No round has begun" icon="runs"><p>A round begins when enough clients have joined: {run.spec.cohort?.minimum ?? 1} at least, {run.joined.length} are here.</p></Empty>;
  const round = chosen === undefined ? newest : Number(chosen);
  return (
    <>
      <Picker run={run} round={round} newest={newest} />
      {Number.isInteger(round) && round >= 1 && round <= newest ? <One run={run.id} round={round} />
        : <Empty title={`There is no round ${chosen}`}><a href={`/runs/${run.id}/rounds`}>Show the newest</a></Empty>}
    </>
  );
}

const Picker = ({ run, round, newest }: { run: Run; round: number; newest: number }) => (
  <nav class="filters" aria-label="Choice of round">
    <a class={`button ${round <= 1 ? 'off' : ''}`} aria-disabled={round <= 1} href={`/runs/${run.id}/rounds/${Math.max(1, round - 1)}`}>Earlier</a>
    <label class="field inline"><span>Round, 1 to {newest}</span>
      <input type="number" min={1} max={newest} value={round} onChange={e => go(`/runs/${run.id}/rounds/${e.currentTarget.value}`)} />
    </label>
    <a class={`button ${round >= newest ? 'off' : ''}`} aria-disabled={round >= newest} href={`/runs/${run.id}/rounds/${Math.min(newest, round + 1)}`}>Later</a>
    <a class="button" href={`/runs/${run.id}/rounds`}>Follow the newest</a>
  </nav>
);

function One({ run, round }: { run: string; round: number }) {
  const resource = useRound(run, round);
  return (
    <Show of={resource}>
      {r => (
        <>
          <Panel title={`Round ${r.round}`} note={<Badge state={r.phase} />}>
            <Facts round={r} />
            <Timeline round={r} />
          </Panel>
          <Panel title="Clients" note={plural(r.participations.length, 'client')}><Participations round={r} /></Panel>
          {r.diagnostics.length > 0 && <Panel title="Aggregation per layer" note={plural(r.diagnostics.length, 'layer')}><DiagnosticsTable groups={r.diagnostics} /></Panel>}
        </>
      )}
    </Show>
  );
}

function Facts({ round }: { round: Round }) {
  const [up, down] = [round.participations.reduce((n, p) => n + p.bytesUp, 0), round.participations.reduce((n, p) => n + p.bytesDown, 0)];
  const evaluation = round.evaluation;
  return (
    <dl class="figures small">
      <Figure label="Version" value={`${round.versionIn} → ${round.versionOut ?? '…'}`} />
      <Figure label="Duration" value={round.seconds ? seconds(round.seconds) : 'under way'} note={round.attempt > 1 ? `attempt ${round.attempt}` : undefined} />
      <Figure label="Accepted" value={count(round.counters.accepted)} note={`${count(round.counters.rejected)} rejected, ${count(round.counters.discarded)} late`} />
      <Figure label="Bytes up" value={bytes(up)} note={`${bytes(down)} down`} />
      {evaluation && evaluation.samples > 0 && <Figure label="Accuracy" value={percent(evaluation.correct / evaluation.samples, 2)} note={`${count(evaluation.samples)} held-out samples`} />}
    </dl>
  );
}

function Participations({ round }: { round: Round }) {
  const { shown, turner } = usePages(round.participations);
  const accuracy = new Map(round.evaluation?.clients.map(c => [c.client, c.samples > 0 ? c.correct / c.samples : null]));
  return (
    <>
      <Table<Participation> caption={`Clients of round ${round.round}`} rows={shown} rowKey={p => p.client} columns={[
        { name: 'Client', cell: p => <b>{p.client}</b> },
        { name: 'State', cell: p => <><Badge state={p.state} />{p.code && <> <code>{p.code}</code></>}</> },
        { name: 'Samples', cell: p => p.samples > 0 ? count(p.samples) : '–', numeric: true },
        { name: 'Loss', cell: p => p.trainingLoss == null ? '–' : number(p.trainingLoss), numeric: true },
        { name: 'Accuracy', cell: p => accuracy.get(p.client) == null ? '–' : percent(accuracy.get(p.client)!), numeric: true },
        { name: 'Up', cell: p => bytes(p.bytesUp), numeric: true },
        { name: 'Down', cell: p => bytes(p.bytesDown), numeric: true },
      ]} />
      {turner}
    </>
  );
}
