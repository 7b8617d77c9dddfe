//! A failure that no code of the engine sees. Alone in its file: the engine is poisoned after it.

#![cfg(target_arch = "wasm32")]

#[allow(dead_code, reason = "the other test file uses more of it")]
mod page;

use wakeline_protocol::{Reply, Request};
use wasm_bindgen_test::wasm_bindgen_test;

use page::{Page, request};

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn a_failed_engine_says_so_once_and_to_whoever_asks_afterwards() {
    let page = Page::open();
    let mut long = request("producer-consumer");
    long.window = 100;
    page.ask(&Request::Run(long));
    page.until(|| !page.log().0.is_empty()).await;
    page.replies();

    page.engine().fail("stack exhausted");
    page.engine().fail("and then another");
    let crashed = |message: &str| Reply::Crashed {
        run: 1,
        message: message.to_owned(),
    };
    assert_eq!(page.replies(), [crashed("stack exhausted")]);

    let events = page.log().0.len();
    page.ask(&Request::Taken { run: 1, events: 50 });
    assert_eq!(page.replies(), [crashed("the engine has crashed before")]);
    page.turns(5).await;
    assert_eq!(page.log().0.len(), events, "nothing runs any more");
}
