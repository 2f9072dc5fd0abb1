import { useState } from 'preact/hooks';
import { download, post } from '../api/rest';
import { paths, useRun, useVersions } from '../api/routes';
import type { Run, Version } from '../api/types';
import { ago, bytes, moment, short } from '../format';
import { Badge, ended } from '../parts/badge';
import { Confirm } from '../parts/dialog';
import { Head } from '../parts/head';
import { Icon } from '../parts/icons';
import { usePages } from '../parts/pages';
import { Figure, Panel } from '../parts/panel';
import { Show } from '../parts/states';
import { attempt } from '../parts/toast';

export function AdapterPage({ run: id }: { run: string }) {
  const [run, versions] = [useRun(id), useVersions(id)];
  return (
    <Show of={run}>
      {r => (
        <>
          <Head title={`Adapters of ${r.id}`} above={<a href="/adapters">Adapters</a>} actions={<a class="button" href={`/runs/${r.id}`}><Icon name="runs" />The run</a>} />
          <Show of={versions}>{all => <Lineage run={r} versions={[...all].sort((a, b) => b.version - a.version)} changed={versions.reload} />}</Show>
        </>
      )}
    </Show>
  );
}

function Lineage({ run, versions, changed }: { run: Run; versions: Version[]; changed: () => void }) {
  const newest = versions[0];
  const { shown, turner } = usePages(versions);
  return (
    <>
      {newest && (
        <Panel title={`Version ${newest.version}`} note="the latest" actions={<Download run={run} version={newest} primary />}>
          <dl class="figures small">
            <Figure label="Published" value={ago(newest.publishedMs)} note={moment(newest.publishedMs)} />
            <Figure label="Size" value={bytes(size(newest))} note={`${newest.groups.length} layers`} />
            <Figure label="Base" value={<code>{short(run.spec.base)}</code>} note="unchanged by every version" />
          </dl>
          <details class="data"><summary>How to load it</summary>
            <pre>{`from peft import PeftModel\nmodel = PeftModel.from_pretrained(base, "${run.id}-v${newest.version}")`}</pre>
          </details>
        </Panel>
      )}
      <Panel title="Lineage" note="each version names its parent by digest">
        <ol class="lineage">{shown.map(v => <Row key={v.version} run={run} version={v} latest={v === newest} changed={changed} />)}</ol>
        {turner}
      </Panel>
    </>
  );
}

const size = (v: Version): number => v.groups.reduce((n, g) => n + g.size, 0);

function Row({ run, version: v, latest, changed }: { run: Run; version: Version; latest: boolean; changed: () => void }) {
  const [asking, ask] = useState(false);
  const back = async () => {
    await attempt(`${run.id} goes on from version ${v.version}.`, () => post(paths.run(run.id, '/rollback'), { version: v.version }));
    changed();
  };
  return (
    <li>
      <span class="lineage-name"><b>Version {v.version}</b> {latest && <Badge state="latest" tone="ok" />}</span>
      <span class="muted"><time dateTime={new Date(v.publishedMs).toISOString()}>{moment(v.publishedMs)}</time></span>
      <span><code title={v.digest}>{short(v.digest)}</code>{v.parent && <small class="muted"> from {short(v.parent)}</small>}</span>
      <span class="row-actions">
        <Download run={run} version={v} />
        {!latest && !ended(run) && <button class="small" aria-label={`Roll back to version ${v.version}`} onClick={() => ask(true)}>Roll back</button>}
      </span>
      {asking && <Confirm title={`Go on from version ${v.version}?`} yes="Roll back" onClose={() => ask(false)} onYes={() => void back()}
        text={<p>The next round of {run.id} starts from version {v.version}. Later versions stay in the record; nothing is deleted.</p>} />}
    </li>
  );
}

function Download({ run, version, primary }: { run: Run; version: Version; primary?: boolean }) {
  const name = `${run.id}-v${version.version}`;
  return (
    <button class={primary ? 'primary' : 'small'} aria-label={`Download version ${version.version}`} onClick={() => attempt(`${name}.zip is downloaded.`, () => download(paths.archive(run.id, version.version), `${name}.zip`))}>
      <Icon name="download" />Download
    </button>
  );
}
