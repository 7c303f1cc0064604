use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// A file of workloads: cases of e-graph conformance, each complete in itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workloads {
    pub format: u32,
    pub note: String,
    #[serde(default)]
    pub analyses: Value,
    #[serde(default)]
    pub guards: Value,
    #[serde(default)]
    pub appliers: Value,
    pub rulesets: HashMap<String, Vec<Rule>>,
    pub cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    pub lhs: Side,
    pub rhs: Side,
    #[serde(default)]
    pub guards: Vec<Vec<String>>,
    pub applier: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Side {
    Term(String),
    /// Of a multi-pattern: terms, each in the class of a variable.
    Terms(Vec<(String, String)>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Case {
    pub name: String,
    pub ruleset: String,
    pub analysis: String,
    pub starts: Vec<String>,
    #[serde(default)]
    pub unions: Vec<(String, String)>,
    pub scheduler: Scheduler,
    pub limits: Limits,
    #[serde(default)]
    pub goals: Vec<String>,
    #[serde(default)]
    pub stop_on_goals: bool,
    pub expect: Expect,
    #[serde(default)]
    pub kept: bool,
}

#[derive(Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Scheduler {
    Simple,
    Backoff {
        match_limit: usize,
        ban_length: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub iterations: Option<usize>,
}

/// What must come out; what is missing is not judged.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expect {
    pub iterations: Option<usize>,
    pub stop: Option<String>,
    pub nodes: Option<usize>,
    pub classes: Option<usize>,
    pub goals: Option<Vec<bool>>,
    /// Nothing is extracted here.
    pub best_ast_size: Option<Vec<u64>>,
}
