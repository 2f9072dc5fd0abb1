import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Props { title: string; children: ComponentChildren; onClose: () => void }

/** The browser's own modal dialog: it keeps the focus, closes on Escape and gives the focus back. */
export function Dialog({ title, children, onClose }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    element.current?.showModal();
    return () => element.current?.close();
  }, []);
  return (
    <dialog ref={element} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface Question { title: string; text: ComponentChildren; yes: string; onYes: () => void; onClose: () => void }

export const Confirm = ({ title, text, yes, onYes, onClose }: Question) => (
  <Dialog title={title} onClose={onClose}>
    <div>{text}</div>
    <div class="buttons">
      <button onClick={onClose}>Cancel</button>
      <button class="danger" onClick={() => { onYes(); onClose(); }}>{yes}</button>
    </div>
  </Dialog>
);
