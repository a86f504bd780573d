/** What trying again cannot mend: a wrong setting, a refused request, a package that is not what it should be. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refusal';
  }
}
