//! What tasks and resources are called where each needs a name of its own.

use std::collections::HashMap;

use wakeline::log::{Kind, Log, ResourceKind};

/// The last names of all tasks and resources, by id. Names that stand twice, and the empty one,
/// are told apart by the id.
#[derive(Debug, Default)]
pub(super) struct Names {
    tasks: Vec<String>,
    resources: Vec<String>,
}

impl Names {
    pub(super) fn of(log: &Log) -> Self {
        let mut tasks: Vec<Option<u32>> = Vec::new();
        let mut resources: Vec<Option<(u32, u8)>> = Vec::new();
        for (at, event) in log.columns.iter_from(0).enumerate() {
            let id = event.subject as usize;
            // Ids count from 1 and each takes an event: a greater one would cost memory.
            let is_new = id != 0 && id <= at + 1;
            match event.kind {
                Kind::TaskCreated if is_new => {
                    if tasks.len() <= id {
                        tasks.resize(id + 1, None);
                    }
                    tasks[id].get_or_insert(event.low());
                }
                Kind::TaskNamed => {
                    if let Some(Some(name)) = tasks.get_mut(id) {
                        *name = event.low();
                    }
                }
                Kind::ResourceCreated if is_new => {
                    if resources.len() <= id {
                        resources.resize(id + 1, None);
                    }
                    resources[id].get_or_insert((event.low(), event.flags));
                }
                Kind::ResourceNamed => {
                    if let Some(Some((name, _))) = resources.get_mut(id) {
                        *name = event.low();
                    }
                }
                _ => {}
            }
        }
        let tasks = tasks
            .iter()
            .map(|name| name.map(|name| (log.text(name), "task")));
        let resources = resources.iter().map(|known| {
            let (name, kind) = (*known)?;
            let kind = ResourceKind::from_code(kind).map_or("resource", ResourceKind::name);
            Some((log.text(name), kind))
        });
        Self {
            tasks: distinct(tasks.collect()),
            resources: distinct(resources.collect()),
        }
    }

    pub(super) fn task(&self, id: u32) -> &str {
        self.tasks.get(id as usize).map_or("", |name| name)
    }

    pub(super) fn resource(&self, id: u32) -> &str {
        self.resources.get(id as usize).map_or("", |name| name)
    }
}

fn distinct(names: Vec<Option<(&str, &str)>>) -> Vec<String> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for (name, _) in names.iter().flatten() {
        *times.entry(name).or_default() += 1;
    }
    let name = |(id, known): (usize, &Option<(&str, &str)>)| match known {
        Some(("", kind)) => format!("{kind} #{id}"),
        Some((name, _)) if times.get(name) == Some(&1) => (*name).to_owned(),
        Some((name, _)) => format!("{name} #{id}"),
        None => String::new(),
    };
    names.iter().enumerate().map(name).collect()
}
