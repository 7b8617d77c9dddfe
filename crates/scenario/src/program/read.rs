//! From JSON to a program.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::json::Json;
use super::names::Names;
use super::operation::Job;
use super::reader::{Members, Reader};
use super::{Body, Expected, ExpectedEnd, ObjectKind, Operation, Problem, Program, Until};
use crate::Event;
use crate::report::nanoseconds;

pub(super) fn program(text: &str) -> Result<Program, Problem> {
    let json = json(text)?;
    one(Reader::new(&json, ""))
}

pub(super) fn programs(text: &str) -> Result<Vec<Program>, Problem> {
    let json = json(text)?;
    let reader = Reader::new(&json, "");
    let cases = reader
        .members()?
        .optional("cases", |cases| cases.each_item(one))?;
    match cases {
        Some(cases) => Ok(cases),
        None => Ok(vec![one(reader)?]),
    }
}

fn json(text: &str) -> Result<Json, Problem> {
    serde_json::from_str(text).map_err(|error| Problem::in_text(&error))
}

fn one(reader: Reader<'_>) -> Result<Program, Problem> {
    let mut members = reader.members()?;
    let id = members.optional("id", |id| id.text())?;
    let title = members.optional("title", |title| title.text())?;
    let level = members.optional("level", |level| level.text())?;
    let objects = members.optional("objects", |objects| {
        objects.each_member(|_, object| object_kind(object))
    })?;
    let vars = members.optional("vars", |vars| vars.each_member(|_, var| var.value()))?;
    let objects: BTreeMap<_, _> = objects.unwrap_or_default().into_iter().collect();
    // Bodies refer to each other, so every name must be known before the first is read.
    let mut names = Names::new(objects.clone());
    members.peek("streams", |streams| names.add_streams(streams))?;
    members.peek("tasks", |tasks| names.add_tasks(tasks))?;
    let streams = members.optional("streams", |streams| {
        streams.each_member(|_, stream| body(stream, &names.inside_stream()))
    })?;
    let tasks = members.required("tasks", |tasks| {
        let tasks = tasks.each_member(|_, task| body(task, &names))?;
        match tasks.iter().any(|(name, _)| name == "main") {
            true => Ok(tasks),
            false => Err(Problem::at("tasks", "no-main")),
        }
    })?;
    // What else a file says is remarks.
    let expected = expectation(&mut members)?;
    Ok(Program {
        id,
        title,
        level,
        objects,
        vars: vars.unwrap_or_default().into_iter().collect(),
        streams: streams.unwrap_or_default().into_iter().collect(),
        tasks: tasks.into_iter().collect(),
        expected,
    })
}

fn object_kind(reader: Reader<'_>) -> Result<ObjectKind, Problem> {
    let mut members = reader.members()?;
    let kind = members.required("kind", |kind| kind.text())?;
    let room = |members: &mut Members<'_>| {
        let size = members.optional("maxsize", |size| size.count())?;
        Ok::<_, Problem>(size.filter(|size| *size > 0))
    };
    let value = |members: &mut Members<'_>| {
        let value = members.optional("value", |value| value.count())?;
        Ok::<_, Problem>(value.unwrap_or(1))
    };
    let kind = match &*kind {
        "lock" => ObjectKind::Lock,
        "event" => ObjectKind::Event,
        "condition" => ObjectKind::Condition,
        "semaphore" => ObjectKind::Semaphore {
            value: value(&mut members)?,
        },
        "bounded_semaphore" => ObjectKind::BoundedSemaphore {
            value: value(&mut members)?,
        },
        "queue" => ObjectKind::Queue {
            room: room(&mut members)?,
        },
        "priority_queue" => ObjectKind::PriorityQueue {
            room: room(&mut members)?,
        },
        "lifo_queue" => ObjectKind::LifoQueue {
            room: room(&mut members)?,
        },
        "future" => ObjectKind::Future,
        _ => return Err(reader.problem("unknown-kind").with("name", kind)),
    };
    members.finish()?;
    Ok(kind)
}

fn expectation(members: &mut Members<'_>) -> Result<Option<Expected>, Problem> {
    let events = members.optional("expect", |events| {
        events.each_item(|event| {
            let mut members = event.members()?;
            let event = Event {
                at: members.required("t", time)?,
                who: members.required("who", |who| who.text())?,
                what: members.required("what", |what| what.text())?,
            };
            members.finish()?;
            Ok(event)
        })
    })?;
    let end = members.optional("end", |end| {
        let mut members = end.members()?;
        let kind = members.required("kind", |kind| kind.text())?;
        let value = members.optional("value", |value| value.value())?;
        let error = members.optional("error", |error| error.text())?;
        let main_end = members.optional("main_end", time)?;
        let t = members.optional("t", time)?;
        Ok(ExpectedEnd {
            kind,
            error,
            value: value
                .filter(|value| !value.is_none())
                .map(|v| v.to_string()),
            at: main_end.or(t),
        })
    })?;
    let states = members.optional("states_when_main_ends", |states| {
        states.each_member(|_, state| state.text())
    })?;
    Ok(match (events, end) {
        (Some(events), Some(end)) => Some(Expected {
            events,
            end,
            states: states.unwrap_or_default().into_iter().collect(),
        }),
        _ => None,
    })
}

fn time(reader: Reader<'_>) -> Result<u64, Problem> {
    let number = reader.number()?.number();
    number
        .and_then(nanoseconds)
        .ok_or_else(|| reader.expected("number"))
}

fn body(reader: Reader<'_>, names: &Names) -> Result<Body, Problem> {
    let operations = reader.each_item(|item| operation(item, names))?;
    Ok(operations.into())
}

/// What the members of one operation are, in the words of the language.
struct Fields<'a, 'n> {
    members: Members<'a>,
    names: &'n Names,
}

impl Fields<'_, '_> {
    fn text(&mut self, name: &str) -> Result<String, Problem> {
        self.members.required(name, |text| text.text())
    }

    fn optional_text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        self.members.optional(name, |text| text.text())
    }

    fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        let flag = self.members.optional(name, |flag| flag.truth())?;
        Ok(flag.unwrap_or(false))
    }

    fn seconds(&mut self, name: &str) -> Result<crate::Value, Problem> {
        self.members.required(name, |number| number.number())
    }

    fn value(&mut self) -> Result<crate::Value, Problem> {
        let value = self.members.optional("value", |value| value.value())?;
        Ok(value.unwrap_or_default())
    }

    fn body(&mut self, name: &str) -> Result<Body, Problem> {
        let names = self.names;
        self.members.required(name, |body_| body(body_, names))
    }

    fn optional_body(&mut self, name: &str) -> Result<Body, Problem> {
        let names = self.names;
        let read = self.members.optional(name, |body_| body(body_, names))?;
        Ok(read.unwrap_or_default())
    }

    /// What a callback does.
    fn callback_body(&mut self) -> Result<Body, Problem> {
        let names = self.names.inside_callback();
        let read = self.members.optional("do", |body_| body(body_, &names))?;
        Ok(read.unwrap_or_default())
    }

    fn into(&mut self) -> Result<Option<String>, Problem> {
        self.optional_text("into")
    }

    fn task(&mut self, name: &str) -> Result<String, Problem> {
        let names = self.names;
        self.members.required(name, |task| names.task(task))
    }

    /// The name of something that can be awaited or cancelled.
    fn handle(&mut self) -> Result<String, Problem> {
        let names = self.names;
        self.members.required("what", |what| names.handle(what))
    }

    fn handles(&mut self, name: &str) -> Result<Rc<[String]>, Problem> {
        let names = self.names;
        let of = self
            .members
            .required(name, |of| of.each_item(|what| names.handle(what)))?;
        Ok(of.into())
    }

    fn object(&mut self, fits: impl Fn(ObjectKind) -> bool) -> Result<String, Problem> {
        let names = self.names;
        self.members
            .required("obj", |object| names.object(object, fits))
    }

    fn stream(&mut self) -> Result<String, Problem> {
        let names = self.names;
        self.members
            .required("stream", |stream| names.stream(stream))
    }
}

/// The operations of which a callback consists may not wait.
const OF_CALLBACKS: [&str; 11] = [
    "resolve",
    "fail",
    "set",
    "clear",
    "cancel",
    "call_soon",
    "call_later",
    "call_at",
    "log",
    "let",
    "add",
];

#[allow(clippy::too_many_lines, reason = "one arm an operation")]
fn operation(reader: Reader<'_>, names: &Names) -> Result<Operation, Problem> {
    let mut members = reader.members()?;
    let name = members.required("op", |op| op.text())?;
    if names.is_callback() && !OF_CALLBACKS.contains(&&*name) {
        return Err(reader.problem("not-in-callback").with("name", name));
    }
    if !names.is_stream() && name == "yield" {
        return Err(reader.problem("not-in-task").with("name", name));
    }
    let mut fields = Fields { members, names };
    let f = &mut fields;
    let operation = match &*name {
        "log" => Operation::Log {
            message: f.text("msg")?,
        },
        "sleep" => Operation::Sleep {
            seconds: f.seconds("s")?,
        },
        "block" => Operation::Block {
            seconds: f.seconds("s")?,
        },
        "spawn" => {
            let task = f.task("task")?;
            let name = f.optional_text("as")?.unwrap_or_else(|| task.clone());
            Operation::Spawn { task, name }
        }
        "call" => Operation::Call {
            task: f.task("task")?,
            into: f.into()?,
        },
        "await" => Operation::Await {
            what: f.handle()?,
            into: f.into()?,
        },
        "cancel" => Operation::Cancel {
            what: f.handle()?,
            log: f.flag("log")?,
        },
        "cancel_me" => Operation::CancelMe,
        "state" => Operation::State { what: f.handle()? },
        "forget" => Operation::Forget { what: f.handle()? },
        "try" => {
            let handlers = f.members.optional("catch", |handlers| {
                handlers.each_member(|_, handler| body(handler, names))
            })?;
            Operation::Try {
                body: f.body("body")?,
                handlers: handlers.unwrap_or_default().into(),
                otherwise: f.optional_body("else")?,
                finally: f.optional_body("finally")?,
            }
        }
        "raise" => Operation::Raise {
            error: f.text("error")?,
        },
        "reraise" => Operation::Reraise,
        "return" => Operation::Return { value: f.value()? },
        "break" => Operation::Break,
        "repeat" => Operation::Repeat {
            times: f.seconds("n")?,
            body: f.body("body")?,
        },
        "forever" => Operation::Forever {
            body: f.body("body")?,
        },
        "while" => Operation::While {
            variable: f.text("var")?,
            equals: f.members.required("equals", |value| value.value())?,
            body: f.body("body")?,
        },
        "let" => Operation::Let {
            variable: f.text("var")?,
            value: f.value()?,
        },
        "add" => Operation::Add {
            variable: f.text("var")?,
            by: f
                .members
                .optional("by", |by| by.number())?
                .unwrap_or(crate::Value::Int(1)),
        },
        "acquire" => Operation::Acquire {
            object: f.object(ObjectKind::is_lock)?,
        },
        "release" => Operation::Release {
            object: f.object(ObjectKind::is_lock)?,
        },
        "with" => Operation::With {
            object: f.object(ObjectKind::is_lock)?,
            body: f.body("body")?,
        },
        "locked" => Operation::Locked {
            object: f.object(ObjectKind::is_lock)?,
        },
        "set" => Operation::Set {
            object: f.object(|kind| kind == ObjectKind::Event)?,
        },
        "clear" => Operation::Clear {
            object: f.object(|kind| kind == ObjectKind::Event)?,
        },
        "wait" => Operation::Wait {
            object: f.object(ObjectKind::is_waited_for)?,
        },
        "notify" => Operation::Notify {
            object: f.object(|kind| kind == ObjectKind::Condition)?,
            count: f.members.optional("n", |n| n.count())?.unwrap_or(1),
        },
        "notify_all" => Operation::Notify {
            object: f.object(|kind| kind == ObjectKind::Condition)?,
            count: usize::MAX,
        },
        "put" => Operation::Put {
            object: f.object(ObjectKind::is_queue)?,
            value: f.value()?,
        },
        "get" => Operation::Get {
            object: f.object(ObjectKind::is_queue)?,
            into: f.into()?,
        },
        "put_now" => Operation::PutNow {
            object: f.object(ObjectKind::is_queue)?,
            value: f.value()?,
        },
        "get_now" => Operation::GetNow {
            object: f.object(ObjectKind::is_queue)?,
            into: f.into()?,
        },
        "task_done" => Operation::TaskDone {
            object: f.object(ObjectKind::is_queue)?,
        },
        "join" => Operation::Join {
            object: f.object(ObjectKind::is_queue)?,
        },
        "size" => Operation::Size {
            object: f.object(ObjectKind::is_queue)?,
        },
        "resolve" => Operation::Resolve {
            object: f.object(|kind| kind == ObjectKind::Future)?,
            value: f.value()?,
        },
        "fail" => Operation::Fail {
            object: f.object(|kind| kind == ObjectKind::Future)?,
            error: f.text("error")?,
        },
        "gather" => Operation::Gather {
            of: f.handles("of")?,
            return_errors: f.flag("return_errors")?,
            into: f.into()?,
        },
        "wait_many" => Operation::WaitMany {
            of: f.handles("of")?,
            until: f.members.required("until", until)?,
            seconds: f.members.optional("timeout", |seconds| seconds.number())?,
        },
        "as_completed" => Operation::AsCompleted {
            of: f.handles("of")?,
        },
        "timeout" => Operation::Timeout {
            seconds: f.seconds("s")?,
            what: f.handle()?,
            into: f.into()?,
        },
        "timeout_op" => Operation::TimeoutInline {
            seconds: f.seconds("s")?,
            operation: f
                .members
                .required("do", |inner| Ok(Body::from([operation(inner, names)?])))?,
        },
        "timeout_shield" => Operation::TimeoutShield {
            seconds: f.seconds("s")?,
            what: f.handle()?,
            into: f.into()?,
        },
        "deadline" => Operation::Deadline {
            seconds: f.seconds("s")?,
            body: f.body("body")?,
        },
        "group" => Operation::Group {
            spawn: f.handles("spawn")?,
            body: f.optional_body("body")?,
        },
        "shield" => Operation::Shield {
            what: f.handle()?,
            into: f.into()?,
        },
        "call_soon" => Operation::CallSoon {
            message: f.text("msg")?,
            name: f.optional_text("as")?,
            then: f.callback_body()?,
        },
        "call_later" => Operation::CallLater {
            seconds: f.seconds("s")?,
            message: f.text("msg")?,
            name: f.optional_text("as")?,
            then: f.callback_body()?,
        },
        "call_at" => Operation::CallAt {
            seconds: f.seconds("t")?,
            message: f.text("msg")?,
            name: f.optional_text("as")?,
            then: f.callback_body()?,
        },
        "on_done" => Operation::OnDone {
            what: f.handle()?,
            message: f.text("msg")?,
        },
        "offload" => Operation::Offload {
            job: Rc::new(Job {
                seconds: f.seconds("s")?,
                value: f.value()?,
                message: f
                    .optional_text("msg")?
                    .unwrap_or_else(|| "job done".to_owned()),
                error: f.optional_text("error")?,
            }),
            into: f.into()?,
        },
        "open" => {
            let stream = f.stream()?;
            let name = f.optional_text("as")?.unwrap_or_else(|| stream.clone());
            Operation::Open { stream, name }
        }
        "next" => Operation::Next {
            name: f.members.required("obj", |o| names.opened(o))?,
            into: f.into()?,
        },
        "close" => Operation::Close {
            name: f.members.required("obj", |o| names.opened(o))?,
        },
        "for_each" | "from" => Operation::ForEach {
            stream: f.stream()?,
            into: f.text("into")?,
            body: f.body("body")?,
        },
        "yield" => Operation::Yield { value: f.value()? },
        "if_even" => Operation::IfEven {
            variable: f.text("var")?,
            body: f.body("body")?,
        },
        "scope" => Operation::Scope {
            enter: f.optional_body("enter")?,
            exit: f.optional_body("exit")?,
            suppress: f.flag("suppress")?,
            body: f.body("body")?,
        },
        _ => return Err(reader.problem("unknown-operation").with("name", name)),
    };
    fields.members.finish()?;
    Ok(operation)
}

fn until(reader: Reader<'_>) -> Result<Until, Problem> {
    match &*reader.text()? {
        "first_completed" => Ok(Until::FirstCompleted),
        "first_error" => Ok(Until::FirstError),
        "all" => Ok(Until::All),
        other => Err(reader.problem("unknown-until").with("name", other)),
    }
}
