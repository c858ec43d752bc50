import type { ReactNode } from "react";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./notice.tsx";

/** Asks for a name. It stays open until the name was taken: what is wrong with one is said beside it. */
export function NameQuestion(props: {
  readonly title: string;
  /** What is asked for; "Name" when left out. */
  readonly label?: string;
  /** Characters that it may have. */
  readonly longest?: number;
  /** What the name will mean. */
  readonly children?: ReactNode;
  readonly known?: string;
  readonly yes: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onName: (name: string) => void;
  readonly onNo: () => void;
}) {
  return (
    <Dialog title={props.title} onClose={props.onNo}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onName(String(new FormData(event.currentTarget).get("name")));
        }}
      >
        <label>
          {props.label ?? "Name"}
          <input
            name="name"
            type="text"
            defaultValue={props.known}
            maxLength={props.longest ?? 100}
            autoComplete="off"
            required
          />
        </label>
        {props.children}
        <Failure error={props.error} />
        <div className="row">
          <button type="submit" className="primary" disabled={props.busy}>
            {props.yes}
          </button>
          <button type="button" onClick={props.onNo}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
