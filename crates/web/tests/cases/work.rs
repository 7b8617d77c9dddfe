//! The pool's side of heavy work, with workers of the browser whose scripts are made up here. That
//! a worker loads the program's own module and does its jobs is in the end-to-end tests.

use std::rc::Rc;
use std::time::Duration;

use wakeline::log::{Kind, Reason, ResourceKind};
use wakeline::spawn;
use wakeline::task::JoinSet;
use wakeline::time::sleep;
use wakeline_web::work::{Pool, WORKER_NAME, WorkError};
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{count, javascript, turns, until};
use super::fetch::run;

/// The address of a script that answers jobs: `echo` gives back its input, `who` a number that
/// each worker has of its own, `fail` an error; `crash` throws, and `endless` beats on the
/// broadcast channel `beats` for ever.
fn script() -> String {
    let script = format!(
        r"const who = Math.floor(Math.random() * 2 ** 30);
        const answer = {{
            echo: (input) => {{
                for (const percent of [25, 75]) postMessage(['progress', percent]);
                postMessage(['done', input]);
            }},
            who: () => postMessage(['done', new Uint8Array(new Uint32Array([who]).buffer)]),
            fail: () => postMessage(['failed', 'no luck']),
            crash: () => {{ throw new Error('out of order'); }},
            endless: () => {{
                const beats = new BroadcastChannel('beats');
                setInterval(() => beats.postMessage(1), 1);
            }},
        }};
        let loaded = false;
        addEventListener('message', ({{ data }}) => {{
            if (!loaded) {{
                loaded = true;
                return self.name === '{WORKER_NAME}'
                    ? postMessage(['loaded']) : postMessage(['broken', self.name]);
            }}
            const [name, input] = data;
            (answer[name] ?? (() => postMessage(['unknown'])))(input);
        }});"
    );
    blob(&script)
}

fn blob(script: &str) -> String {
    let script = script.replace('`', "'").replace('$', "");
    let address = javascript(&format!(
        "return URL.createObjectURL(new Blob([`{script}`], {{ type: 'text/javascript' }}))"
    ));
    address.as_string().expect("an address")
}

#[wasm_bindgen_test]
async fn a_job_gives_what_the_worker_returns_and_its_progress_is_in_the_log() {
    let (output, runtime) =
        run(async { Pool::new(&script(), 2).run("echo", &[1, 2, 3]).await }).await;
    assert_eq!(output, Ok(vec![1, 2, 3]));
    let log = runtime.log();
    let events: Vec<_> = log.columns.iter_from(0).collect();
    let is_work = |flags| flags == ResourceKind::Work.code();
    let created = events
        .iter()
        .find(|event| event.kind == Kind::ResourceCreated && is_work(event.flags))
        .expect("the work is in the log");
    assert_eq!(log.text(created.low()), "echo");
    let waits: Vec<_> = events
        .iter()
        .filter(|event| event.kind == Kind::WaitBegun && event.object == created.subject)
        .collect();
    assert!(!waits.is_empty());
    assert!(
        waits
            .iter()
            .all(|wait| wait.flags == Reason::Outside.code())
    );
    let percent: Vec<f64> = events
        .iter()
        .filter(|event| event.kind == Kind::Metric)
        .map(|event| f64::from_bits(event.value))
        .collect();
    assert_eq!(percent, [25.0, 75.0]);
    let closed = events
        .iter()
        .find(|event| event.kind == Kind::ResourceClosed);
    assert_eq!(closed.map(|event| event.subject), Some(created.subject));
}

#[wasm_bindgen_test]
async fn there_are_as_many_workers_as_allowed_and_they_are_used_again() {
    let (workers, _) = run(async {
        let pool = Pool::new(&script(), 2);
        let mut jobs = JoinSet::new();
        for _ in 0..6 {
            let pool = pool.clone();
            jobs.spawn(async move { pool.run("who", &[]).await.expect("it answers") });
        }
        let mut workers = std::collections::BTreeSet::new();
        while let Some(worker) = jobs.join_next().await {
            workers.insert(worker.expect("it returns"));
        }
        workers
    })
    .await;
    assert_eq!(workers.len(), 2, "{workers:?}");
}

#[wasm_bindgen_test]
async fn a_job_that_nobody_wants_any_more_is_stopped_in_the_middle() {
    javascript(
        "globalThis.beats = 0;
         globalThis.beating = new BroadcastChannel('beats');
         beating.onmessage = () => { beats += 1; };",
    );
    let (next, _) = run(async {
        let pool = Pool::new(&script(), 1);
        let endless = pool.clone();
        let task = spawn(async move { endless.run("endless", &[]).await });
        while count("beats") < 3 {
            sleep(Duration::from_millis(5)).await;
        }
        task.abort();
        let _ = task.await;
        // The only place is free again, for another worker.
        pool.run("echo", &[7]).await
    })
    .await;
    assert_eq!(next, Ok(vec![7]));
    // What was on its way arrives, and then nothing.
    turns(5).await;
    let beats = count("beats");
    turns(20).await;
    assert_eq!(count("beats"), beats);
    javascript("beating.close()");
}

#[wasm_bindgen_test]
async fn errors_are_told_apart_and_a_pool_survives_them() {
    let (results, _) = run(async {
        let pool = Pool::new(&script(), 1);
        let mut results = Vec::new();
        for name in ["fail", "no such function", "crash", "echo"] {
            results.push(pool.run(name, &[1]).await);
        }
        results
    })
    .await;
    assert_eq!(results[0], Err(WorkError::Failed("no luck".to_owned())));
    let unknown = "no such function".to_owned();
    assert_eq!(results[1], Err(WorkError::Unknown(unknown)));
    match &results[2] {
        Err(WorkError::Crashed(detail)) => assert!(detail.contains("out of order"), "{detail}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(results[3], Ok(vec![1]));
}

#[wasm_bindgen_test]
async fn a_worker_that_does_not_load_is_an_error_in_words() {
    let missing = javascript("return new URL('/no-such-worker.js', location.origin).href");
    let missing = missing.as_string().expect("an address");
    let broken = blob("addEventListener('message', () => postMessage(['broken', 'no module']));");
    let (results, _) = run(async move {
        let missing = Pool::new(&missing, 1).run("echo", &[]).await;
        let broken = Pool::new(&broken, 1).run("echo", &[]).await;
        (missing, broken)
    })
    .await;
    assert!(
        matches!(results.0, Err(WorkError::NotLoaded(_))),
        "{results:?}"
    );
    let error = results.1.expect_err("it does not load");
    assert_eq!(error, WorkError::NotLoaded("no module".to_owned()));
    assert_eq!(
        error.to_string(),
        "the worker could not be loaded: no module"
    );
}

#[wasm_bindgen_test]
async fn other_tasks_go_on_while_a_worker_is_at_it() {
    let beats = Rc::new(std::cell::Cell::new(0));
    let counted = beats.clone();
    let (_, _) = run(async move {
        let pool = Pool::new(&script(), 1);
        let job = spawn(async move { pool.run("endless", &[]).await });
        for _ in 0..5 {
            sleep(Duration::from_millis(1)).await;
            counted.set(counted.get() + 1);
        }
        job.abort();
    })
    .await;
    until(|| beats.get() == 5).await;
}
