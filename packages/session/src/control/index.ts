/** The side of a control socket that asks: light, for commands that are over in a moment. */
export { askSession } from "./ask-session.ts";
export { ControlError, type ControlErrorCode } from "./control-error.ts";
export type { ControlAnswers, ControlRequest, SessionStatus } from "./protocol.ts";
