//! `carina templates`

use clap::Args;
use cluster_api::{ClusterType, Offer, Template};

use super::Context;
use crate::{failure::Failure, table::Table};

#[derive(Args)]
pub(crate) struct Templates {
    /// Only those of such a name; * stands for anything
    #[arg(long, value_name = "PATTERN")]
    name: Option<String>,
}

impl Templates {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        if context.session.offers(Offer::Templates) {
            return self.run_in_cloud(context).await;
        }
        let mut types = offered(context).await?;
        if let Some(pattern) = &self.name {
            types.retain(|it| matches(pattern, &it.name));
        }
        let row = |it: &ClusterType| vec![it.name.clone(), it.coe.clone(), it.host_type.clone()];
        let table = Table {
            columns: &["Name", "COE", "Host"],
            rows: types.iter().map(row).collect(),
        };
        context.output().print(&types, &table)
    }

    async fn run_in_cloud(self, context: &Context) -> Result<(), Failure> {
        let mut templates = in_cloud(context).await?;
        if let Some(pattern) = &self.name {
            templates.retain(|it| matches(pattern, &it.name));
        }
        let unsaid = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let row = |it: &Template| {
            vec![
                it.name.clone(),
                it.engine.clone(),
                unsaid(it.version()),
                unsaid(it.flavor.as_deref()),
                it.id.to_string(),
            ]
        };
        let table = Table {
            columns: &["Name", "COE", "Version", "Flavor", "Id"],
            rows: templates.iter().map(row).collect(),
        };
        context.output().print(&templates, &table)
    }
}

/// Those of a cloud that new clusters are made from.
async fn in_cloud(context: &Context) -> Result<Vec<Template>, Failure> {
    let templates = context
        .session
        .ask(async |plane, token| plane.templates(token).await);
    let mut templates = templates.await?;
    templates.retain(|it| !it.hidden);
    Ok(templates)
}

/// The one template of a cloud of such a name, or of that id: names are not always unique. Which one is
/// meant by those who do not say is clear where there is one alone.
pub(super) async fn of_cloud(
    context: &Context,
    pattern: Option<&str>,
) -> Result<Template, Failure> {
    let mut found = in_cloud(context).await?;
    if let Some(pattern) = pattern {
        found.retain(|it| it.id.to_string() == pattern || matches(pattern, &it.name));
    }
    match (found.len(), pattern) {
        (1, _) => Ok(found.remove(0)),
        (0, _) => {
            let hint = "What there is: carina templates.";
            Err(context
                .session
                .missing("template", pattern.unwrap_or("*"), hint))
        }
        (number, Some(pattern)) => Err(Failure::Usage(format!(
            "{number} templates are called like {pattern:?}; name one of them, or its id: carina templates."
        ))),
        (number, None) => Err(Failure::Usage(format!(
            "There are {number} templates; name one of them with --template: carina templates."
        ))),
    }
}

async fn offered(context: &Context) -> Result<Vec<ClusterType>, Failure> {
    let types = context
        .session
        .ask(async |plane, token| plane.cluster_types(token).await);
    let mut types = types.await?.cluster_types;
    types.retain(|it| it.active);
    Ok(types)
}

/// The one template of such a name.
pub(super) async fn the_one(context: &Context, pattern: &str) -> Result<ClusterType, Failure> {
    let mut found = offered(context).await?;
    found.retain(|it| matches(pattern, &it.name));
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => {
            let hint = "What there is: carina templates.";
            Err(context.session.missing("template", pattern, hint))
        }
        number => Err(Failure::Usage(format!(
            "{number} templates are called like {pattern:?}; name one of them: carina templates."
        ))),
    }
}

/// Whether a name is like a pattern, in which * stands for anything; capitals do not matter.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything() {
        let name = "Swarm on Docker Engine";
        for pattern in [
            "swarm on docker engine",
            "Swarm*",
            "*engine",
            "*on*Eng*",
            "*",
            "s*m*e*e",
        ] {
            assert!(matches(pattern, name), "{pattern}");
        }
        for pattern in [
            "",
            "Swarm",
            "*Swarm",
            "Swarm**x",
            "Kube*",
            "*engine*docker*",
        ] {
            assert!(!matches(pattern, name), "{pattern}");
        }
        assert!(!matches("aba*aba", "aba"));
    }
}
