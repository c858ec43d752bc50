import type { ReactNode } from "react";
import { Dialog } from "./dialog.tsx";

/** Asked before something that is not easily taken back. Escape is no. */
export function Question(props: {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button that does it says. */
  readonly yes: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  return (
    <Dialog title={props.title} onClose={props.onNo}>
      {props.children}
      <div className="row">
        <button type="button" className="primary" onClick={props.onYes}>
          {props.yes}
        </button>
        <button type="button" onClick={props.onNo}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
