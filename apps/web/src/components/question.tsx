import { type ReactNode, useEffect, useId, useRef } from "react";

/** Asked before something that is not easily taken back. Escape is no. */
export function Question(props: {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button that does it says. */
  readonly yes: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={title} onClose={props.onNo}>
      <h2 id={title}>{props.title}</h2>
      {props.children}
      <div className="row">
        <button type="button" className="primary" onClick={props.onYes}>
          {props.yes}
        </button>
        <button type="button" onClick={props.onNo}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}
