use crate::clock::{Used, peak_mebibytes};
use crate::workload::{Case, Expect, Rule, Workloads};
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;
use std::fs::read_to_string;
use std::io::{BufRead, Write, stdin, stdout};

pub trait Engine {
    fn name(&self) -> String;

    /// Parses and compiles what is not part of the race, or says why this engine cannot run `case`.
    fn prepare(&self, case: &Case, rules: &[Rule]) -> Result<Box<dyn Contestant>, String>;
}

pub trait Contestant {
    /// Runs the workload `times` times, each on a new e-graph. Making and starting the e-graph and
    /// counting what it holds are no part of a run where the engine can do them apart.
    fn run(&self, times: usize) -> (Used, Outcome);
}

pub struct Outcome {
    pub iterations: usize,
    pub stop: &'static str,
    pub nodes: usize,
    pub classes: usize,
    pub goals: Vec<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    workload: &'a str,
    engine: String,
    times: usize,
    cpu_ms: f64,
    wall_ms: f64,
    iterations: usize,
    stop: &'a str,
    nodes: usize,
    classes: usize,
    peak_mb: Option<f64>,
    /// The fields in which the outcome is not what the case expects.
    differs: Vec<&'a str>,
}

/// `FILE WORKLOAD REPETITIONS` runs one workload of a file. `FILE` alone answers every line
/// `WORKLOAD [TIMES]` of standard input with a line of JSON, the mean of so many runs.
pub fn serve(engine: &dyn Engine, arguments: &[String]) -> Result<(), String> {
    let [file, request @ ..] = arguments else {
        return Err("the file of workloads is missing".to_owned());
    };
    let text = read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let workloads = serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
    let mut desk = Desk {
        engine,
        workloads,
        prepared: HashMap::new(),
    };
    if let [workload, repetitions] = request {
        for _ in 0..count(repetitions)? {
            println!("{}", desk.answer(workload, 1)?);
        }
        return Ok(());
    }
    for line in stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        println!("{}", desk.reply(&line));
        stdout().flush().map_err(|error| error.to_string())?;
    }
    Ok(())
}

struct Desk<'a> {
    engine: &'a dyn Engine,
    workloads: Workloads,
    prepared: HashMap<String, Box<dyn Contestant>>,
}

impl Desk<'_> {
    fn reply(&mut self, line: &str) -> String {
        let answer = match line.split_whitespace().collect::<Vec<_>>()[..] {
            [workload] => self.answer(workload, 1),
            [workload, times] => count(times).and_then(|times| self.answer(workload, times)),
            _ => Err("a line is WORKLOAD [TIMES]".to_owned()),
        };
        answer.unwrap_or_else(|reason| json!({ "unable": reason }).to_string())
    }

    fn answer(&mut self, name: &str, times: usize) -> Result<String, String> {
        let case = self.workloads.cases.iter().find(|case| case.name == name);
        let case = case.ok_or_else(|| format!("there is no workload {name}"))?;
        if !self.prepared.contains_key(name) {
            let rules = &self.workloads.rulesets[&case.ruleset];
            let contestant = self.engine.prepare(case, rules)?;
            self.prepared.insert(name.to_owned(), contestant);
        }
        let (used, outcome) = self.prepared[name].run(times);
        let answer = Answer {
            workload: name,
            engine: self.engine.name(),
            times,
            cpu_ms: used.cpu,
            wall_ms: used.wall,
            iterations: outcome.iterations,
            stop: outcome.stop,
            nodes: outcome.nodes,
            classes: outcome.classes,
            peak_mb: peak_mebibytes(),
            differs: differences(&case.expect, &outcome),
        };
        serde_json::to_string(&answer).map_err(|error| error.to_string())
    }
}

fn differences(expect: &Expect, outcome: &Outcome) -> Vec<&'static str> {
    let checks = [
        ("iterations", agree(&expect.iterations, &outcome.iterations)),
        ("stop", agree(&expect.stop.as_deref(), &outcome.stop)),
        ("nodes", agree(&expect.nodes, &outcome.nodes)),
        ("classes", agree(&expect.classes, &outcome.classes)),
        ("goals", agree(&expect.goals, &outcome.goals)),
    ];
    let differing = checks.into_iter().filter(|(_, agrees)| !agrees);
    differing.map(|(field, _)| field).collect()
}

fn agree<T: PartialEq>(expected: &Option<T>, found: &T) -> bool {
    expected.as_ref().is_none_or(|expected| expected == found)
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!("{text} is no count")),
    }
}
