//! What tasks and resources are called where each needs a name of its own.

use std::collections::{BTreeMap, HashMap};

use wakeline::log::{Kind, Log, ResourceKind};

/// The last names of all tasks and resources, by id. Names that stand twice, and the empty one,
/// are told apart by the id.
#[derive(Debug, Default)]
pub(super) struct Names {
    tasks: BTreeMap<u32, String>,
    resources: BTreeMap<u32, String>,
}

impl Names {
    pub(super) fn of(log: &Log) -> Self {
        let mut tasks: BTreeMap<u32, u32> = BTreeMap::new();
        let mut resources: BTreeMap<u32, (u32, u8)> = BTreeMap::new();
        let past = log.columns.past();
        let begun = past.map_or(&[][..], |past| &past.events).iter().copied();
        let standing = past.map_or(&[][..], |past| &past.standing).iter();
        let standing = standing.map(|event| (log.columns.first() as u32, *event));
        let all = begun.chain(standing).chain(log.columns.numbered());
        for (at, event) in all {
            let id = event.subject;
            // Ids count from 1 and each takes an event: a greater one is a lie.
            let is_new = id != 0 && id <= at.saturating_add(1);
            match event.kind {
                Kind::TaskCreated if is_new => {
                    tasks.entry(id).or_insert(event.low());
                }
                Kind::TaskNamed => {
                    if let Some(name) = tasks.get_mut(&id) {
                        *name = event.low();
                    }
                }
                Kind::ResourceCreated if is_new => {
                    let known = (event.low(), event.flags);
                    resources.entry(id).or_insert(known);
                }
                Kind::ResourceNamed => {
                    if let Some((name, _)) = resources.get_mut(&id) {
                        *name = event.low();
                    }
                }
                _ => {}
            }
        }
        let tasks = tasks.into_iter();
        let tasks = tasks.map(|(id, name)| (id, (log.text(name), "task")));
        let resources = resources.into_iter().map(|(id, (name, kind))| {
            let kind = ResourceKind::from_code(kind).map_or("resource", ResourceKind::name);
            (id, (log.text(name), kind))
        });
        Self {
            tasks: distinct(tasks.collect()),
            resources: distinct(resources.collect()),
        }
    }

    pub(super) fn task(&self, id: u32) -> &str {
        self.tasks.get(&id).map_or("", |name| name)
    }

    pub(super) fn resource(&self, id: u32) -> &str {
        self.resources.get(&id).map_or("", |name| name)
    }
}

fn distinct(names: Vec<(u32, (&str, &str))>) -> BTreeMap<u32, String> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for (_, (name, _)) in &names {
        *times.entry(name).or_default() += 1;
    }
    let name = |(id, known): &(u32, (&str, &str))| {
        let name = match known {
            ("", kind) => format!("{kind} #{id}"),
            (name, _) if times.get(name) == Some(&1) => (*name).to_owned(),
            (name, _) => format!("{name} #{id}"),
        };
        (*id, name)
    };
    names.iter().map(name).collect()
}
