/** What a request is refused with: a stable number, a sentence for a person, and whether the client should show it by itself. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly id: number;
  readonly showUser: boolean;

  constructor(id: number, message: string, showUser = false) {
    super(message);
    this.id = id;
    this.showUser = showUser;
  }
}

export const PROBLEMS = {
  unknownRequest: 1000,
  badArguments: 1001,
  notLaunched: 1002,
  refused: 1003,
  defect: 1004,
  cancelled: 1005,
  noProgram: 2000,
  unreadable: 2001,
  badScenario: 2002,
  attach: 2003,
} as const;
