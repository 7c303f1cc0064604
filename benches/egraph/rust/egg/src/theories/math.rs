//! Algebra and calculus that folds constants.

use crate::rules::parse;
use crate::theory::{Guard, Known, Theory, term_of, unite_with_leaf};
use egg::{Analysis, DidMerge, Id, Language, Pattern, Symbol, Var, define_language, merge_option};
use ordered_float::NotNan;

define_language! {
    pub enum Math {
        "+" = Add([Id; 2]),
        "*" = Mul([Id; 2]),
        "-" = Sub([Id; 2]),
        "/" = Div([Id; 2]),
        "d" = Derivative([Id; 2]),
        "i" = Integral([Id; 2]),
        "pow" = Pow([Id; 2]),
        "ln" = Ln(Id),
        "sqrt" = Sqrt(Id),
        "sin" = Sin(Id),
        "cos" = Cos(Id),
        Number(NotNan<f64>),
        Name(Symbol),
    }
}

type EGraph = egg::EGraph<Math, Constants>;

pub struct Constants {
    keeps_terms: bool,
}

impl Analysis<Math> for Constants {
    type Data = Option<Known<Math, NotNan<f64>>>;

    fn make(egraph: &mut EGraph, node: &Math, _id: Id) -> Self::Data {
        let value = |id: Id| egraph[id].data.as_ref().map(|known| known.value);
        let folded = fold(node, value)?;
        let text = |id| value(id).map(|value| value.to_string());
        Some(Known {
            value: folded,
            term: if egraph.analysis.keeps_terms {
                term_of(node, text)
            } else {
                None
            },
        })
    }

    fn merge(&mut self, to: &mut Self::Data, from: Self::Data) -> DidMerge {
        merge_option(to, from, |to, from| {
            assert_eq!(to.value, from.value, "two numbers in one class");
            DidMerge(false, false)
        })
    }

    fn modify(egraph: &mut EGraph, id: Id) {
        if let Some(known) = egraph[id].data.clone() {
            unite_with_leaf(egraph, id, Math::Number(known.value), known.term.as_ref());
            egraph[id].nodes.retain(|node| node.is_leaf());
        }
    }
}

fn fold(node: &Math, value: impl Fn(Id) -> Option<NotNan<f64>>) -> Option<NotNan<f64>> {
    match *node {
        Math::Number(number) => Some(number),
        Math::Add([a, b]) => Some(value(a)? + value(b)?),
        Math::Sub([a, b]) => Some(value(a)? - value(b)?),
        Math::Mul([a, b]) => Some(value(a)? * value(b)?),
        Math::Div([a, b]) if value(b)? != 0.0 => Some(value(a)? / value(b)?),
        _ => None,
    }
}

impl Theory for Math {
    type Facts = Constants;
    type Applier = Pattern<Self>;

    fn facts(keeps_terms: bool) -> Constants {
        Constants { keeps_terms }
    }

    fn guard(call: &[&str]) -> Result<Guard<Self>, String> {
        Ok(match *call {
            ["is-not-zero", x] => {
                let x: Var = parse(x)?;
                Box::new(move |egraph, _, subst| !is_zero(egraph, subst[x]))
            }
            ["is-const", x] => {
                let x: Var = parse(x)?;
                Box::new(move |egraph, _, subst| is_number(egraph, subst[x]))
            }
            ["is-sym", x] => {
                let x: Var = parse(x)?;
                Box::new(move |egraph, _, subst| has_name(egraph, subst[x]))
            }
            ["is-const-or-distinct-var", c, x] => {
                let (c, x): (Var, Var) = (parse(c)?, parse(x)?);
                Box::new(move |egraph, _, subst| {
                    egraph.find(subst[c]) != egraph.find(subst[x])
                        && (is_number(egraph, subst[c]) || has_name(egraph, subst[c]))
                })
            }
            _ => return Err(format!("there is no guard {}", call.join(" "))),
        })
    }
}

fn is_zero(egraph: &EGraph, class: Id) -> bool {
    egraph[class]
        .data
        .as_ref()
        .is_some_and(|known| known.value == 0.0)
}

fn is_number(egraph: &EGraph, class: Id) -> bool {
    egraph[class].data.is_some()
}

fn has_name(egraph: &EGraph, class: Id) -> bool {
    egraph[class]
        .nodes
        .iter()
        .any(|node| matches!(node, Math::Name(_)))
}
