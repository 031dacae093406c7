/** Something that a stage needs can't be had here; the stage is left out, loudly, and the run fails under CI. */
export class CannotPrepare extends Error {}
