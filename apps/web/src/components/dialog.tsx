import { type ReactNode, useEffect, useId, useRef } from "react";

/** Over the page from when it is rendered, under its title; Escape closes it. */
export function Dialog(props: {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      // The browser gives the keyboard back when a dialog is closed, but not when it is taken out of the page.
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={props.wide ? "wide" : undefined}
      aria-labelledby={title}
      // At Escape itself: `close` comes a moment later, when another question may have been asked already.
      onCancel={props.onClose}
      // Browsers close some without having asked.
      onClose={props.onClose}
    >
      <h2 id={title}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}
