import type { Clock, Randomness } from "./ports/clock.ts";
import type { FileSystem } from "./ports/file-system.ts";
import type { CompileIgnoreRules } from "./ports/ignore.ts";
import type { Remote } from "./ports/remote.ts";
import type { Store } from "./ports/store.ts";
import type { EngineSettings } from "./settings.ts";

/** What an engine is made of: an implementation of each port. */
export interface EngineParts {
  readonly fileSystem: FileSystem;
  readonly remote: Remote;
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly compileIgnore: CompileIgnoreRules;
  readonly settings?: Partial<EngineSettings>;
}
