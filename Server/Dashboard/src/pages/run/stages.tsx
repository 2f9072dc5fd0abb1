import type { Phase, Run } from '../../api/types';
import { Progress } from '../../parts/panel';

const stages: { phase: Phase; name: string; says: (run: Run) => string }[] = [
  { phase: 'Selecting', name: 'Selecting', says: r => `waits for ${r.spec.cohort?.minimum ?? 1} eligible clients or more; ${r.joined.length} joined` },
  { phase: 'Collecting', name: 'Collecting', says: r => `${r.accepted} of ${r.spec.cohort?.quorum ?? '?'} updates accepted` },
  { phase: 'Aggregating', name: 'Aggregating', says: () => 'combines the accepted updates' },
  { phase: 'Publishing', name: 'Publishing', says: () => 'writes the new version' },
];

/** The four steps of a round, and which one it is at. */
export function Stages({ run }: { run: Run }) {
  const at = stages.findIndex(s => s.phase === run.phase);
  const now = stages[at];
  return (
    <div class="stages">
      <ol>
        {stages.map((s, i) => <li key={s.phase} class={i === at ? 'now' : i < at || run.phase === 'Completed' ? 'past' : ''} aria-current={i === at ? 'step' : undefined}>{s.name}</li>)}
      </ol>
      <p class="muted">{now ? <>Round {run.round}: {now.says(run)}.</> : idle(run)}</p>
      {run.phase === 'Collecting' && <Progress value={run.accepted} of={run.spec.cohort?.quorum ?? 1} label="Accepted updates" />}
    </div>
  );
}

function idle(run: Run): string {
  switch (run.phase) {
    case 'Completed': return 'All rounds are published.';
    case 'Stopped': return 'The run was ended before its last round.';
    case 'Failed': return `Round ${run.round} failed; attempt ${run.attempt + 1} follows after a pause.`;
    default: return run.paused ? 'Paused between rounds; resume it to go on.' : 'Between two rounds.';
  }
}
