//! Propositional logic that folds truth values.

use crate::theory::{Known, Theory, term_of, unite_with_leaf};
use egg::{Analysis, DidMerge, Id, Pattern, Symbol, define_language, merge_option};

define_language! {
    pub enum Prop {
        "&" = And([Id; 2]),
        "|" = Or([Id; 2]),
        "->" = Implies([Id; 2]),
        "~" = Not(Id),
        Truth(bool),
        Name(Symbol),
    }
}

type EGraph = egg::EGraph<Prop, Truths>;

pub struct Truths {
    keeps_terms: bool,
}

impl Analysis<Prop> for Truths {
    type Data = Option<Known<Prop, bool>>;

    fn make(egraph: &mut EGraph, node: &Prop, _id: Id) -> Self::Data {
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
            assert_eq!(to.value, from.value, "true and false in one class");
            DidMerge(false, false)
        })
    }

    fn modify(egraph: &mut EGraph, id: Id) {
        if let Some(known) = egraph[id].data.clone() {
            unite_with_leaf(egraph, id, Prop::Truth(known.value), known.term.as_ref());
        }
    }
}

/// A first operand may decide alone, a second never does.
fn fold(node: &Prop, value: impl Fn(Id) -> Option<bool>) -> Option<bool> {
    match *node {
        Prop::Truth(truth) => Some(truth),
        Prop::And([a, b]) => Some(value(a)? && value(b)?),
        Prop::Or([a, b]) => Some(value(a)? || value(b)?),
        Prop::Implies([a, b]) => Some(!value(a)? || value(b)?),
        Prop::Not(a) => Some(!value(a)?),
        Prop::Name(_) => None,
    }
}

impl Theory for Prop {
    type Facts = Truths;
    type Applier = Pattern<Self>;

    fn facts(keeps_terms: bool) -> Truths {
        Truths { keeps_terms }
    }
}
