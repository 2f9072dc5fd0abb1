import type { ComponentChildren } from 'preact';

interface Props { title: ComponentChildren; above?: ComponentChildren; note?: ComponentChildren; actions?: ComponentChildren }

export const Head = ({ title, above, note, actions }: Props) => (
  <div class="head">
    <div>{above && <p class="above">{above}</p>}<h1>{title}</h1>{note && <div class="head-note">{note}</div>}</div>
    {actions && <div class="buttons">{actions}</div>}
  </div>
);
