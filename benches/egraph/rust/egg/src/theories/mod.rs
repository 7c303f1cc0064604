pub mod arithmetic;
pub mod lambda;
pub mod math;
pub mod prop;
