import type { Run } from '../../api/types';
import { Panel } from '../../parts/panel';
import { attempt } from '../../parts/toast';

/** What the operator asked for: it never changes, and its digest is in every published adapter. */
export function Settings({ run }: { run: Run }) {
  const text = JSON.stringify(run.spec, null, 2);
  return (
    <Panel title="Settings" note={<>digest <code class="digest">{run.specDigest}</code></>}
      actions={<button class="small" onClick={() => attempt('Copied.', () => navigator.clipboard.writeText(text))}>Copy</button>}>
      <div class="scroll" tabIndex={0} role="group" aria-label="Settings as JSON"><pre>{text}</pre></div>
    </Panel>
  );
}
