//! What each demo does, told by its log.
#![cfg(not(target_arch = "wasm32"))]

mod as_completed;
mod barrier;
mod batching;
mod cache;
mod cancellation;
mod catalogue;
mod channels;
mod condition;
mod connection_pool;
mod deadlock;
mod event;
mod event_loop;
mod fetch;
mod futures;
mod gather;
mod hello;
mod lifecycle;
mod lock;
mod network;
mod pipeline;
mod priority_queue;
mod producer_consumer;
mod resource_guard;
mod retry;
mod rwlock;
mod semaphore;
mod service;
mod setup;
mod support;
mod task_group;
mod timeout;
mod wait;
mod websocket;
