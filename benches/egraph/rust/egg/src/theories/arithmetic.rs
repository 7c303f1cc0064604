//! Terms about whose classes nothing is known.

use crate::theory::Theory;
use egg::{Id, Pattern, Symbol, define_language};

define_language! {
    pub enum Arithmetic {
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
        Number(i32),
        Name(Symbol),
    }
}

impl Theory for Arithmetic {
    type Facts = ();
    type Applier = Pattern<Self>;

    fn facts(_keeps_terms: bool) {}
}
