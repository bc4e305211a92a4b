/** `reset`: nothing of the step counts; read on from `position`, or start anew when it is no longer open. */
export type StepResult = 'done' | 'reset'

/** `redo`: the header moved under a state that is still valid, read on from `position`. `reload`: start the task again. */
export type CommitOutcome = 'nothing' | 'applied' | 'redo' | 'reload'
