import { Bystanders } from "./bystanders.ts";
import type { PortCall } from "./faults.ts";
import { Identities } from "./identities.ts";
import { IgnoredItems } from "./ignored-items.ts";
import { Ledger } from "./ledger.ts";
import { LoneSide } from "./lone-side.ts";
import { OnlyRead } from "./one-way.ts";
import { PassingNames } from "./passing-names.ts";
import type { Side } from "./side.ts";
import { Times } from "./times.ts";
import type { VisibleTree } from "./visible-tree.ts";

/** Sees what users do, and holds against it what engines do between their deeds and until all is at rest. */
export class Witness {
  readonly ledger = new Ledger();
  readonly #bystanders = new Bystanders();
  readonly #loneSide: LoneSide | null;
  readonly #times = new Times();
  readonly #passingNames: PassingNames | null;
  readonly #ignored: IgnoredItems | null;
  readonly #identities: Identities | null;
  readonly #onlyRead: OnlyRead | null;

  /** `strict`: nothing fails and nothing is ignored, so that each thing that happens to a file is known. */
  constructor(options: {
    readonly ignores: boolean;
    readonly strict: boolean;
    readonly oneUser: boolean;
    readonly oneWay: boolean;
  }) {
    this.#onlyRead = options.oneWay ? new OnlyRead() : null;
    // A viewer's two engines have one disk and one Dropbox, and both do what the disk asks.
    this.#passingNames = options.oneWay ? null : new PassingNames();
    this.#ignored = options.ignores ? new IgnoredItems() : null;
    this.#loneSide = options.oneUser && !options.ignores ? new LoneSide() : null;
    this.#identities = options.strict ? new Identities() : null;
  }

  /** Users are about to act, or all is at rest. @returns what engines did wrong since a user acted last */
  check(now: number, sides: readonly Side[]): string[] {
    return [
      ...this.#bystanders.check(sides),
      ...(this.#ignored?.check(now, rulesOf(sides), sides) ?? []),
      ...(this.#onlyRead?.check(sides) ?? []),
    ];
  }

  /** An engine is about to make a call. @returns what is wrong with that */
  meet(call: PortCall, now: number): string[] {
    return this.#passingNames?.check(call, now) ?? [];
  }

  /** A user has just acted on one side. @param before its tree then @param sides as they all are now */
  note(now: number, side: Side, before: VisibleTree, sides: readonly Side[]): void {
    const after = side.tree;
    this.ledger.note(before, after);
    this.#passingNames?.act(side.name);
    this.#times.act(before, after, side.modified);
    this.#loneSide?.act(side, before);
    this.#bystanders.act(before, after);
    this.#bystanders.look(sides);
    this.#identities?.act(before, after);
    this.#ignored?.look(now, rulesOf(sides), sides);
    this.#onlyRead?.look(sides);
  }

  /** A user has exchanged two names. */
  exchange(): void {
    this.#loneSide?.exchange();
    this.ledger.exchange();
  }

  /** Something happened after which deleted things may come back, such as that a person was asked. */
  disturb(): void {
    this.#loneSide?.disturb();
  }

  /** What an engine remembers is gone, or older than it was. @param isUnnoticed it can't tell by anything */
  setBack(isUnnoticed: boolean): void {
    this.disturb();
    this.ledger.setBack(isUnnoticed);
    if (isUnnoticed) this.#bystanders.setBack();
  }

  /** Something was done, and its answer lost. */
  hide(): void {
    this.#loneSide?.hide();
  }

  /** A run ended, or was killed. */
  end(inGoodOrder: boolean): void {
    this.#loneSide?.end(inGoodOrder);
  }

  /** All sides are one. @returns what engines did wrong since the last rest */
  rest(sides: readonly Side[]): string[] {
    this.#passingNames?.rest();
    this.ledger.rest(sides.map(({ tree }) => tree));
    this.#bystanders.rest(sides);
    this.#bystanders.look(sides);
    this.#ignored?.rest(rulesOf(sides), sides);
    return [
      ...this.#times.rest(sides),
      ...(this.#loneSide?.rest(sides) ?? []),
      ...(this.#identities?.rest(sides) ?? []),
    ];
  }
}

/** Another after each change of an ignore file. */
function rulesOf(sides: readonly Side[]): string {
  const disks = sides.filter(({ kind }) => kind === "disk");
  return disks.map((side) => side.version(".mignore")).join();
}
