import type { ComponentChildren } from 'preact';
import { Problem } from '../api/problem';
import type { Resource } from '../api/resource';
import { Icon, type IconName } from './icons';

/** Nothing is here yet, and what would change that. */
export const Empty = ({ title, icon = 'empty', children }: { title: string; icon?: IconName; children?: ComponentChildren }) => (
  <div class="empty"><Icon name={icon} /><p class="empty-title">{title}</p><div class="empty-text">{children}</div></div>
);

export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const problem = error instanceof Problem ? error : undefined;
  if (problem?.isAbsent) {
    return <Empty title="This coordinator does not offer this">Its version is older than this page, or the feature is not switched on.</Empty>;
  }
  return (
    <div class="failure" role="alert">
      <Icon name="warning" />
      <div>
        <p>{error.message}</p>
        {problem?.code && <p class="muted">Code <code>{problem.code}</code>, explained in the error guide (docs/errors.md).</p>}
        {problem?.status === 403 && <p class="muted">Your key may look but not do this; ask for one with a larger role.</p>}
        {retry && <button class="small" onClick={retry}>Try again</button>}
      </div>
    </div>
  );
}

export const Loading = () => <div class="loading" role="status"><span class="visually-hidden">Loading</span></div>;

/** Draws a resource in whichever state it is: waiting, refused, stale with a note, or there. */
export function Show<T>({ of, children }: { of: Resource<T>; children: (data: T) => ComponentChildren }) {
  if (of.data === undefined) return of.error ? <Failure error={of.error} retry={of.reload} /> : <Loading />;
  return <>{of.error && <Failure error={of.error} retry={of.reload} />}{children(of.data)}</>;
}
