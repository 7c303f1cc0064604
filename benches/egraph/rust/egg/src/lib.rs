//! egg as a contestant: each workload in a language of its own types, run by egg's own `Runner`.

mod contestant;
mod rules;
mod theories;
mod theory;

use contestant::Prepared;
use race::{Case, Contestant, Engine, Rule, serve};
use std::process::exit;
use theories::arithmetic::Arithmetic;
use theories::lambda::Lambda;
use theories::math::Math;
use theories::prop::Prop;

struct Egg {
    name: &'static str,
    options: Options,
}

#[derive(Clone, Copy)]
struct Options {
    /// egg records why classes are equal.
    explanations: bool,
    /// Analyses do not keep the terms that they folded. egg's tests keep them, also where nobody
    /// asks for an explanation, and format and parse text for every one.
    lean_analyses: bool,
}

/// `[--explanations] [--lean-analyses]`, then what `race::serve` reads.
pub fn main(name: &'static str) {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |option| arguments.iter().any(|argument| argument == option);
    let explanations = has("--explanations");
    let options = Options {
        explanations,
        lean_analyses: has("--lean-analyses") && !explanations, // they are made of the terms
    };
    let is_option = |argument: &String| argument.starts_with("--");
    let rest: Vec<_> = arguments
        .iter()
        .filter(|it| !is_option(it))
        .cloned()
        .collect();
    if let Err(reason) = serve(&Egg { name, options }, &rest) {
        eprintln!("{reason}");
        exit(1);
    }
}

impl Engine for Egg {
    fn name(&self) -> String {
        let mut name = self.name.to_owned();
        if self.options.explanations {
            name += "+explanations";
        }
        if self.options.lean_analyses {
            name += "+lean";
        }
        name
    }

    fn prepare(&self, case: &Case, rules: &[Rule]) -> Result<Box<dyn Contestant>, String> {
        let options = self.options;
        Ok(match case.analysis.as_str() {
            "none" => Box::new(Prepared::<Arithmetic>::new(case, rules, options)?),
            "constant-fold" => Box::new(Prepared::<Math>::new(case, rules, options)?),
            "boolean-fold" => Box::new(Prepared::<Prop>::new(case, rules, options)?),
            "lambda" => Box::new(Prepared::<Lambda>::new(case, rules, options)?),
            other => return Err(format!("there is no analysis {other}")),
        })
    }
}
