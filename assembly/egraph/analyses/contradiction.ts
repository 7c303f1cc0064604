// Whether two classes that cannot be equal were united: a rule, or a fact that was given, is wrong.

export let isContradictory: bool = false;

export function contradict(): void {
  isContradictory = true;
}

export function hasContradiction(): bool {
  return isContradictory;
}

export function clearContradiction(): void {
  isContradictory = false;
}
