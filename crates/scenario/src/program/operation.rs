//! What a task can do.

use std::rc::Rc;

use crate::Value;

/// Operations in order. Shared: tasks and callbacks hold on to what they run.
pub(crate) type Body = Rc<[Operation]>;

/// When a wait for many ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    FirstCompleted,
    FirstError,
    All,
}

/// One operation. Fields of the type `Value` are operands, in which variables are put at run
/// time.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Log {
        message: String,
    },
    Sleep {
        seconds: Value,
    },
    Block {
        seconds: Value,
    },
    Spawn {
        task: String,
        name: String,
    },
    Call {
        task: String,
        into: Option<String>,
    },
    Await {
        what: String,
        into: Option<String>,
    },
    Cancel {
        what: String,
        log: bool,
    },
    CancelMe,
    State {
        what: String,
    },
    Forget {
        what: String,
    },
    Try {
        body: Body,
        handlers: Rc<[(String, Body)]>,
        otherwise: Body,
        finally: Body,
    },
    Raise {
        error: String,
    },
    Reraise,
    Return {
        value: Value,
    },
    Break,
    Repeat {
        times: Value,
        body: Body,
    },
    Forever {
        body: Body,
    },
    While {
        variable: String,
        equals: Value,
        body: Body,
    },
    Let {
        variable: String,
        value: Value,
    },
    Add {
        variable: String,
        by: Value,
    },
    Acquire {
        object: String,
    },
    Release {
        object: String,
    },
    With {
        object: String,
        body: Body,
    },
    Locked {
        object: String,
    },
    Set {
        object: String,
    },
    Clear {
        object: String,
    },
    Wait {
        object: String,
    },
    Notify {
        object: String,
        count: usize,
    },
    Put {
        object: String,
        value: Value,
    },
    Get {
        object: String,
        into: Option<String>,
    },
    PutNow {
        object: String,
        value: Value,
    },
    GetNow {
        object: String,
        into: Option<String>,
    },
    TaskDone {
        object: String,
    },
    Join {
        object: String,
    },
    Size {
        object: String,
    },
    Resolve {
        object: String,
        value: Value,
    },
    Fail {
        object: String,
        error: String,
    },
    Gather {
        of: Rc<[String]>,
        return_errors: bool,
        into: Option<String>,
    },
    WaitMany {
        of: Rc<[String]>,
        until: Until,
        seconds: Option<Value>,
    },
    AsCompleted {
        of: Rc<[String]>,
    },
    Timeout {
        seconds: Value,
        what: String,
        into: Option<String>,
    },
    TimeoutInline {
        seconds: Value,
        operation: Body,
    },
    TimeoutShield {
        seconds: Value,
        what: String,
        into: Option<String>,
    },
    Deadline {
        seconds: Value,
        body: Body,
    },
    Group {
        spawn: Rc<[String]>,
        body: Body,
    },
    Shield {
        what: String,
        into: Option<String>,
    },
    CallSoon {
        message: String,
        name: Option<String>,
        then: Body,
    },
    CallLater {
        seconds: Value,
        message: String,
        name: Option<String>,
        then: Body,
    },
    CallAt {
        seconds: Value,
        message: String,
        name: Option<String>,
        then: Body,
    },
    OnDone {
        what: String,
        message: String,
    },
    Offload {
        job: Rc<Job>,
        into: Option<String>,
    },
    Open {
        stream: String,
        name: String,
    },
    Next {
        name: String,
        into: Option<String>,
    },
    Close {
        name: String,
    },
    ForEach {
        stream: String,
        into: String,
        body: Body,
    },
    Yield {
        value: Value,
    },
    IfEven {
        variable: String,
        body: Body,
    },
    Scope {
        enter: Body,
        exit: Body,
        suppress: bool,
        body: Body,
    },
}

/// What an offloaded job does.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) seconds: Value,
    pub(crate) value: Value,
    pub(crate) message: String,
    pub(crate) error: Option<String>,
}
