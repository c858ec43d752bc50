import { actInDropbox, actOnDisk, type FileAction } from "./actions.ts";
import { Ambushes } from "./ambush.ts";
import { CallLog } from "./call-log.ts";
import { at, Cast, FOLDER, OUTSIDE, sideOf } from "./cast.ts";
import { createChooser } from "./chooser.ts";
import { Coverage } from "./coverage.ts";
import { DiskUser } from "./disk-user.ts";
import { DropboxUser } from "./dropbox-user.ts";
import { defects, leftInStaging, unlasting } from "./endings.ts";
import type { FaultHook } from "./faults.ts";
import { faultsByChance, hintsByChance } from "./faults-by-chance.ts";
import { losses } from "./losses.ts";
import { befall, treat } from "./misfortunes.ts";
import { NastyUser } from "./nasty-user.ts";
import { unsaid } from "./one-way.ts";
import { isAsking, Person } from "./person.ts";
import { differences, isTaken, trespasses } from "./rest.ts";
import { RestoredFiles, restoreTree } from "./restoring.ts";
import { SeededRandomness } from "./seeded-randomness.ts";
import { comeToRest, Unrest } from "./settling.ts";
import type { Side } from "./side.ts";
import { describeStep, type EngineStep, type Step } from "./steps.ts";
import { createTrials, LOW_LIMITS } from "./trials.ts";
import { VirtualTime } from "./virtual-time.ts";
import type { VisibleTree } from "./visible-tree.ts";
import { Witness } from "./witness.ts";
import type { WorldOptions, WorldResult } from "./world-options.ts";

/** Calls that bring something to another side, which is found as another's where only their answer fails. */
const PLACES = new Set(["write", "createFolder", "move"]);

/** Longer than anything is waited for: what another engine's swap may have left is so for a minute. */
const IDLE = 120_000;

/** How often all is looked at where users are unheard, in milliseconds: amid what they do. */
const SOON = 1_000;

/** Runs one world to its end and looks whether everything that must hold did. */
export function runWorld(options: WorldOptions): Promise<WorldResult> {
  return new World(options).run();
}

class World {
  readonly #options: WorldOptions;
  readonly #time = new VirtualTime();
  readonly #calls = new CallLog(this.#time);
  readonly #ambushes = new Ambushes(this.#time);
  readonly #cast: Cast;
  readonly #witness: Witness;
  readonly #person: Person;
  readonly #coverage = new Coverage();
  readonly #trials: ReturnType<typeof createTrials>;
  readonly #choose: ReturnType<typeof createChooser>;
  readonly #answers: SeededRandomness;
  readonly #restored = new RestoredFiles();
  /** What was on disk at each rest, the newest first. */
  readonly #saved: VisibleTree[] = [];
  readonly #script: Step[] = [];
  readonly #violations: string[] = [];
  /** Whether what engines stage can be taken away again at all times: not from a disk that is not there. */
  #cleansStaging = true;
  #calm = false;
  #unfinished = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { layout, ignores, cautious } = options;
    const source = new SeededRandomness(options.seed);
    const chance = source.fork();
    this.#answers = source.fork();
    this.#witness = new Witness({
      ignores,
      strict: !ignores && !options.faults && !options.disks && layout !== "viewer",
      oneUser: layout === "one",
      oneWay: layout === "viewer",
    });
    this.#person = new Person(source.fork(), this.#time, () => this.#witness.disturb());
    this.#choose = createChooser({
      random: source.fork(),
      user: new NastyUser(source.fork(), ignores),
      faults: options.faults,
      ignores,
      cautious,
      meets: layout === "one" && !ignores && !cautious,
      restores: options.restores,
      rulesAmid: options.rulesAmid,
      misremembers: options.misremembers,
      copies: options.copies,
      recases: options.recases,
      disks: options.disks,
    });
    const fails = () => {
      if (!options.faults || this.#calm) return false;
      this.#coverage.fault("port errors");
      return true;
    };
    const byChance = faultsByChance(chance, fails, (call) => this.#calls.note(call));
    const faults: FaultHook = (call) => {
      this.#violations.push(...this.#witness.meet(call, this.#time.monotonic()));
      const fault = this.#ambushes.meet(call, byChance(call));
      // A file on disk of which only its placing is unknown is a user's, and an edit in Dropbox then a conflict.
      if (fault?.after !== undefined && call.name === "place") this.#witness.disturb();
      if (fault?.after !== undefined && PLACES.has(call.name)) this.#witness.hide();
      return fault;
    };
    this.#cast = new Cast({
      layout,
      time: this.#time,
      randomness: source,
      faults,
      hints: hintsByChance(chance, fails, () => this.#time.monotonic(), options.unheard),
      overlooks: () => fails() && chance.chance(0.02),
      settings: {
        fewestFilesOfCopy: 1,
        ...(options.agreesInParts ? { agreedAtATime: 2 } : {}),
        ...(options.queues ? { transfersAtATime: 2 } : {}),
        ...(cautious ? { deletionLimits: LOW_LIMITS } : {}),
        ...(options.unheard ? { rescanEvery: SOON } : {}),
        oneWay: layout === "viewer",
      },
      ...(options.unheard ? { share: "nfs4" } : {}),
    });
    this.#trials = createTrials({
      cast: this.#cast,
      time: this.#time,
      ambushes: this.#ambushes,
      faults: options.faults,
      unheard: options.unheard,
      ignores,
      settle: () => this.#settle(),
      calm: () => {
        this.#calm = true;
      },
      act: (side, number, action) => this.#act(side, number, action),
      byUser: (side, number, body) => this.#byUser(side, number, body),
      disturb: () => this.#witness.disturb(),
    });
  }

  async run(): Promise<WorldResult> {
    const { hosts } = this.#cast;
    try {
      for (const host of hosts) host.start();
      if (this.#options.script !== undefined) for (const step of this.#options.script) await this.#take(step);
      else for (let count = 0; count < this.#options.steps; count++) await this.#take(this.#choose(this.#view()));
      await this.#settle();
      if (this.#violations.length === 0) await this.#checkLasting();
      for (const host of hosts) await this.#time.until(host.stop());
      this.#violations.push(...leftInStaging(this.#cast));
    } catch (error) {
      const isDefect = hosts.some(({ defect }) => defect !== undefined);
      if (!(error instanceof Unrest) && this.#violations.length === 0 && !isDefect)
        this.#violations.push(`the world broke: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      if (error instanceof Unrest && !isDefect) this.#violations.push(error.message);
    }
    this.#violations.push(...this.#calls.takeStorms());
    this.#violations.push(...defects(this.#cast));
    return {
      violations: this.#violations,
      script: this.#script,
      trace: this.#calls.trace,
      coverage: this.#coverage.counts,
    };
  }

  // --- what happens ------------------------------------------------------------------------------------------------

  #view() {
    const { hosts, disks, dropboxes } = this.#cast;
    return {
      engines: hosts.length,
      disks: disks.length,
      dropboxes: dropboxes.length,
      runs: (engine: number) => at(hosts, engine).engine !== null,
      tree: (side: Side["kind"], number: number) => this.#cast.user(side, number).tree(),
    };
  }

  async #take(step: Step): Promise<void> {
    this.#script.push(step);
    this.#calls.trace.push(describeStep(step));
    this.#coverage.step(step);
    const { disks, dropboxes } = this.#cast;
    switch (step.kind) {
      case "sleep":
        return this.#time.advance(step.milliseconds);
      case "settle":
        return this.#settle();
      case "idle":
        await this.#idle();
        return this.#settle();
      case "clock":
        return this.#time.jump(step.milliseconds);
      case "act":
        return this.#act(step.side, step.number, step.action);
      case "ambush": {
        const { call, when, pause, side, number, action } = step;
        return this.#ambushes.lay({ calls: [call], when, pause, deed: () => this.#act(side, number, action) });
      }
      case "strike": {
        const { call, when, engine, event } = step;
        return this.#ambushes.lay({ calls: [call], when, pause: 1, deed: () => this.#treat(event, engine) });
      }
      case "empty":
        return void this.#violations.push(...(await this.#trials.empty(step)));
      case "leave out":
        return void this.#violations.push(...(await this.#trials.leaveOut(step)));
      case "leave out moved":
        return void this.#violations.push(...(await this.#trials.leaveOutMoved(step.path, step.to, step.content)));
      case "move on arrival":
        return void this.#violations.push(...(await this.#trials.moveOnArrival(step.from, step.to, step.contents)));
      case "move half told":
        return void this.#violations.push(...(await this.#trials.moveHalfTold(step.from, step.to, step.content)));
      case "write unseen":
        return this.#trials.writeUnseen(step);
      case "mount elsewhere":
        return void this.#violations.push(...(await this.#trials.mountElsewhere(step)));
      case "mount over":
        return void this.#violations.push(...(await this.#trials.mountOver(step)));
      case "restore":
        return this.#restore(step.back, step.unheard);
      case "delete folder":
        return void this.#violations.push(...(await this.#trials.deleteFolder()));
      case "meet": {
        const { when } = step;
        const { meet, meetAmidWork } = this.#trials;
        return void this.#violations.push(...(await (when === "stopped" ? meet(step) : meetAmidWork(step, when))));
      }
      case "disk full":
      case "Dropbox full":
      case "unmount":
      case "mount":
      case "unreadable":
      case "rules unreadable":
        if (step.kind === "unmount") this.#cleansStaging = false;
        return befall(step.kind, at(disks, step.number), at(dropboxes, step.number), this.#answers);
      default:
        // Between two things that happen: no half of one goes on in a process that is gone.
        await this.#time.quiet();
        return this.#treat(step.kind, step.engine);
    }
  }

  #treat(event: EngineStep, engine: number): void {
    const host = at(this.#cast.hosts, engine);
    if (["cut power", "roll back state", "lose state"].includes(event))
      this.#witness.setBack(event === "roll back state" && host.isBackupLikeNew);
    if (event === "kill" || event === "stop") this.#witness.end(event === "stop");
    treat(event, host, this.#answers);
  }

  #act(side: Side["kind"], number: number, action: FileAction): void {
    if (side === "disk" && !at(this.#cast.disks, number).mounted) return;
    this.#byUser(side, number, (user) => {
      this.#coverage.act(side, action, user.tree());
      if (action.kind === "swap") this.#witness.exchange();
      if (user instanceof DropboxUser) {
        actInDropbox(user, action);
        return;
      }
      const done = actOnDisk(user, action, (milliseconds, finish) => {
        this.#unfinished++;
        this.#time.after(milliseconds, () => {
          this.#byUser(side, number, finish);
          this.#unfinished--;
        });
      });
      if (done && action.kind === "write slowly")
        this.#witness.ledger.forget(action.content.slice(0, action.content.length >> 1));
    });
  }

  async #restore(back: number, unheard: boolean): Promise<void> {
    const { hosts, disks } = this.#cast;
    const saved = this.#saved[Math.min(back, this.#saved.length - 1)];
    if (saved === undefined || !at(disks, 0).mounted) return;
    await this.#endAmbushes();
    for (const host of hosts) {
      this.#witness.end(true);
      await this.#time.until(host.stop());
    }
    this.#byUser("disk", 0, (user) => user instanceof DiskUser && restoreTree(user, saved));
    for (const host of hosts) host.raiseEpoch(unheard);
    // Where it took the disk's side, what was done in Dropbox alone is not as its user left it.
    this.#witness.disturb();
    this.#restored.expect(unheard ? this.#cast.user("disk", 0).tree() : null);
  }

  /** What a user does is written down, and what engines did until then is looked at. */
  #byUser(kind: Side["kind"], number: number, body: (user: DiskUser | DropboxUser) => unknown): void {
    const sides = this.#cast.sides();
    const now = this.#time.monotonic();
    this.#violations.push(...this.#witness.check(now, sides));
    // Until an engine runs, nobody knows whether it was done before.
    if (kind === "disk" || this.#cast.hosts.some(({ engine }) => engine !== null)) this.#restored.expect(null);
    const user = this.#cast.user(kind, number);
    const before = sideOf(sides, kind, number);
    body(user);
    const side = { ...before, tree: user.tree() };
    const after = sides.map((one) => (one === before ? side : one));
    this.#witness.note(now, side, before.tree, after);
    this.#person.act(side, before.tree);
  }

  // --- what must hold ----------------------------------------------------------------------------------------------

  /** Nobody lies in wait any more. */
  async #endAmbushes(): Promise<void> {
    // Between two things that happen, as everything else.
    await this.#time.quiet();
    this.#ambushes.give();
  }

  /** Faults end, all come to rest, and everything is as it must be. */
  async #settle(): Promise<void> {
    await this.#endAmbushes();
    this.#calm = true;
    this.#cast.mend();
    try {
      await comeToRest(this.#cast, this.#time, this.#person, {
        isBeingWritten: () => this.#unfinished > 0 || this.#ambushes.sprung,
        soon: !this.#options.faults && this.#options.layout === "one",
      });
      const { hosts, dropboxes } = this.#cast;
      const sides = this.#cast.sides();
      const staged = this.#cleansStaging ? hosts.flatMap((host) => host.staged()) : [];
      this.#violations.push(
        ...(this.#waitsForPerson() ? [] : this.#differences(sides)),
        ...losses(
          sides.map(({ tree }) => tree),
          this.#witness.ledger,
          dropboxes,
          FOLDER,
        ),
        ...trespasses(dropboxes, FOLDER, OUTSIDE),
        ...this.#witness.check(this.#time.monotonic(), sides),
        // While something waits for a name, what was done until now is not over.
        ...(this.#waitsForPerson() ? [] : [...this.#witness.rest(sides), ...this.#restored.rest(sides)]),
        ...this.#person.rest(sides),
        ...staged.map((path) => `${path} is left in staging`),
      );
      this.#coverage.rest();
      this.#saved.unshift(this.#cast.user("disk", 0).tree());
    } finally {
      this.#calm = false;
    }
  }

  #differences(sides: readonly Side[]): string[] {
    const notSynced = this.#cast.notSynced();
    return this.#options.layout === "viewer" ? unsaid(sides, notSynced) : differences(sides, notSynced);
  }

  /** Whether some name is taken by what is not synced: until a person frees it, the sides are not one. */
  #waitsForPerson(): boolean {
    return this.#cast.notSynced().some(isTaken);
  }

  /** Where nothing fails nobody has to ask: engines hear of everything, and do it. */
  async #idle(): Promise<void> {
    await this.#endAmbushes();
    await this.#time.advance(IDLE);
    const asks = this.#cast.hosts.some(({ engine }) => engine !== null && isAsking(engine));
    if (this.#options.faults || asks || this.#waitsForPerson()) return;
    const found = this.#differences(this.#cast.sides());
    this.#violations.push(...found.map((one) => `after two idle minutes, and before anybody asked: ${one}`));
  }

  async #checkLasting(): Promise<void> {
    const settle = async () => {
      await this.#settle();
      return this.#violations.length === 0;
    };
    const parts = { cast: this.#cast, calls: this.#calls, ignores: this.#options.ignores, settle };
    this.#violations.push(...(await unlasting(parts)));
  }
}
