//! egglog as a contestant, with mimalloc as in its own command line, on one thread.

mod program;

use egglog::EGraph;
use program::{CONSTRUCTOR, program};
use race::{Case, Clock, Contestant, Engine, Outcome, Rule, Used, serve};
use std::collections::HashSet;
use std::process::exit;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RULESET: &str = "";

struct Egglog;

struct Prepared {
    program: String,
    iterations: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Err(reason) = serve(&Egglog, &arguments) {
        eprintln!("{reason}");
        exit(1);
    }
}

impl Engine for Egglog {
    fn name(&self) -> String {
        "egglog".to_owned()
    }

    fn prepare(&self, case: &Case, rules: &[Rule]) -> Result<Box<dyn Contestant>, String> {
        Ok(Box::new(Prepared {
            program: program(case, rules)?,
            iterations: case.limits.iterations.unwrap_or(usize::MAX),
        }))
    }
}

impl Contestant for Prepared {
    fn run(&self, times: usize) -> (Used, Outcome) {
        let mut egraphs: Vec<EGraph> = (0..times).map(|_| self.started()).collect();
        let mut end = (0, "");
        let clock = Clock::start();
        for egraph in &mut egraphs {
            end = self.saturate(egraph);
        }
        let used = clock.stop(times);
        (used, outcome(end, &egraphs[0]))
    }
}

impl Prepared {
    /// An e-graph that holds the rules, compiled, and the start terms.
    fn started(&self) -> EGraph {
        let mut egraph = EGraph::new(1);
        let done = egraph.parse_and_run_program(None, &self.program);
        done.expect("the program is made of rules and terms");
        egraph
    }

    fn saturate(&self, egraph: &mut EGraph) -> (usize, &'static str) {
        for iteration in 1..=self.iterations {
            let report = egraph
                .step_rules(RULESET)
                .expect("rules only add and unite");
            if !report.updated {
                return (iteration, "saturated");
            }
        }
        (self.iterations, "iteration-limit")
    }
}

fn outcome((iterations, stop): (usize, &'static str), egraph: &EGraph) -> Outcome {
    let mut nodes = 0;
    let mut classes = HashSet::new();
    for name in egraph.get_function_names() {
        if name.starts_with(CONSTRUCTOR) {
            nodes += egraph.get_size(&name);
            let counted = egraph.constructor_enodes(&name, |node| {
                classes.insert(node.eclass);
            });
            counted.expect("every function here is a constructor");
        }
    }
    Outcome {
        iterations,
        stop,
        nodes,
        classes: classes.len(),
        goals: Vec::new(),
    }
}
