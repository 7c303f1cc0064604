export { EGraph } from "./graph.js"
export type {
  BackoffOptions,
  Checkpoint,
  Choice,
  ClassId,
  EGraphOptions,
  Extracted,
  ExtractOptions,
  Limits,
  RuleReport,
  RunOptions,
  RunReport,
  Scheduler,
  ScheduleStep,
  SequenceOptions,
  StopReason,
} from "./options.js"
export { checkpointFile } from "./checkpoint-file.js"
export type { AnalysisName, OperatorWords } from "./analyses.js"
export type {
  Assumption,
  Contradiction,
  ContradictingFact,
  FactName,
  Facts,
  ValueType,
} from "./facts.js"
export type { Columns, RelationFacts } from "./relation-facts.js"
export {
  checkProof,
  contradictionFault,
  proofFault,
  type ProofFault,
  type ProofRules,
} from "./check-proof.js"
export { Explanation, UnionIndex, type Application, type Log } from "./explain.js"
export { toDot, type DotOptions } from "./dot.js"
export { EGraphError, type EGraphFault } from "./errors.js"
export {
  extractDag,
  extractedTerm,
  extractionProblem,
  ExtractionError,
  extractTree,
  extractVariants,
  NONE,
  type DagExtraction,
  type Extraction,
  type ExtractionFault,
  type ExtractionProblem,
  type ProblemNode,
  type SearchOptions,
} from "./extract.js"
export type { Imported } from "./from-gym.js"
export type { Cost, Price } from "./graph-problem.js"
export { GymError, problemOf, readGym, writeGym, type GymGraph, type GymNode } from "./gym.js"
export { Prover, type ProofLimits } from "./proof.js"
export { readRules } from "./read-rules.js"
export type { Choice as RightSideChoice, Clause, Guard, Rule, RuleText } from "./rules.js"
export type {
  AnalysisStep,
  ChoiceEvidence,
  ClauseEvidence,
  ContradictionProof,
  Evidence,
  FactProof,
  GivenStep,
  GuardEvidence,
  Proof,
  RuleStep,
  Step,
  Substitution,
} from "./steps.js"
export { readTerm, RuleSyntaxError, showTerm, type Term } from "./term.js"
