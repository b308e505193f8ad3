//! An error with all its causes, on one line of the log.

use std::{error::Error, fmt};

/// Writes an error and its causes, outermost first. Ours do not repeat their source in their own
/// words, so this is where the whole story is told.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn Error + 'a));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(formatter, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_their_effect() {
        #[derive(Debug, thiserror::Error)]
        #[error("the outer thing failed")]
        struct Outer(#[source] std::fmt::Error);

        assert_eq!(
            Chain(&Outer(std::fmt::Error)).to_string(),
            format!("the outer thing failed: {}", std::fmt::Error)
        );
    }
}
