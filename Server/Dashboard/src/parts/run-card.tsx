import type { Run } from '../api/types';
import { count, plural } from '../format';
import { ended, RunBadge } from './badge';
import { Progress } from './panel';

/** Rounds that are published; the round under way does not count. */
export const published = (run: Run): number => run.phase === 'Completed' ? run.rounds : Math.min(run.round - 1, run.rounds);

export const RunCard = ({ run }: { run: Run }) => (
  <a class="card run-card" href={`/runs/${run.id}`}>
    <span class="card-head"><b>{run.id}</b><RunBadge run={run} /></span>
    <Progress value={published(run)} of={run.rounds} label={`${run.id}: ${published(run)} of ${run.rounds} rounds published`} />
    <span class="card-foot muted">
      <span>Round {count(Math.min(run.round, run.rounds))} of {count(run.rounds)}</span>
      <span>{run.strategy}</span>
      {!ended(run) && <span>{plural(run.joined.length, 'client')}</span>}
    </span>
    {run.lastError && !ended(run) && <span class="card-error">{run.lastError}</span>}
  </a>
);
