use egg::{Analysis, Applier, EGraph, FromOp, Id, Language, Pattern, PatternAst, Subst};
use std::fmt::Display;

pub type Guard<T> =
    Box<dyn Fn(&mut EGraph<T, <T as Theory>::Facts>, Id, &Subst) -> bool + Send + Sync>;

/// A language with what is known about its classes.
pub trait Theory:
    Language<Discriminant: Send + Sync>
    + FromOp<Error: std::error::Error>
    + Display
    + Send
    + Sync
    + 'static
{
    type Facts: Analysis<Self> + 'static;
    type Applier: Applier<Self, Self::Facts> + Send + Sync + 'static;

    fn facts(keeps_terms: bool) -> Self::Facts;

    fn guard(call: &[&str]) -> Result<Guard<Self>, String> {
        Err(format!("there is no guard {}", call.join(" ")))
    }

    fn applier(call: &[String], _otherwise: Pattern<Self>) -> Result<Self::Applier, String> {
        Err(format!("there is no applier {}", call.join(" ")))
    }
}

/// A value that a class is known to have, and the term that shows it: a node over leaves.
#[derive(Clone, Debug)]
pub struct Known<T: Language, V> {
    pub value: V,
    pub term: Option<PatternAst<T>>,
}

/// The term of `node` over the values of its children, where all of them are known.
pub fn term_of<T: Theory>(node: &T, value: impl Fn(Id) -> Option<String>) -> Option<PatternAst<T>> {
    if node.is_leaf() {
        return node.to_string().parse().ok();
    }
    let mut text = format!("({node}");
    for child in node.children() {
        text += " ";
        text += &value(*child)?;
    }
    text += ")";
    text.parse().ok()
}

/// Adds the leaf of a known value to its class.
pub fn unite_with_leaf<T: Theory>(
    egraph: &mut EGraph<T, T::Facts>,
    class: Id,
    leaf: T,
    term: Option<&PatternAst<T>>,
) {
    if !egraph.are_explanations_enabled() {
        let leaf = egraph.add(leaf);
        egraph.union(class, leaf);
        return;
    }
    let term = term.expect("terms are kept for explanations");
    let leaf = [egg::ENodeOrVar::ENode(leaf)].into_iter().collect();
    egraph.union_instantiations(term, &leaf, &Subst::default(), "fold");
}
