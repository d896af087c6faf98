/**
 * What Node is told when it runs the CLI. With a hundred flows packets outlive the two collections of a young generation of 16 MiB (V8's own
 * begins at 1), are moved to the old one, and die there: a quarter of the CPU time. One flow does not mind. The debugger's thread has its own limits (control/client.ts).
 */
export const nodeFlags = ['--min-semi-space-size=48', '--max-semi-space-size=48'];
