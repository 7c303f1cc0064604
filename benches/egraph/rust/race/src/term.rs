/// An S-expression.
#[derive(Debug, PartialEq)]
pub enum Term {
    Word(String),
    List(Vec<Term>),
}

impl Term {
    pub fn parse(text: &str) -> Result<Self, String> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut words = spaced.split_whitespace();
        let term = next(&mut words).ok_or_else(|| format!("a term is cut short: {text}"))?;
        match words.next() {
            None => Ok(term),
            Some(word) => Err(format!("{word} follows a term: {text}")),
        }
    }
}

fn next<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Term> {
    let word = words.next()?;
    if word != "(" {
        return Some(Term::Word(word.to_owned()));
    }
    let mut parts = Vec::new();
    loop {
        match next(words)? {
            Term::Word(word) if word == ")" => return Some(Term::List(parts)),
            part => parts.push(part),
        }
    }
}
