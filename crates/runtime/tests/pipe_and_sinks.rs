//! Bytes between tasks, and senders as sinks.

mod support;

use std::io::ErrorKind;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::{AsyncReadExt, AsyncWriteExt, Sink, SinkExt, StreamExt, future, stream};
use proptest::prelude::*;
use support::{ByHand, events, ms, runtime};
use wakeline::log::{Kind, Reason, ResourceKind};
use wakeline::spawn;
use wakeline::sync::{mpmc, mpsc, pipe, rendezvous};
use wakeline::task::yield_now;
use wakeline::time::{now, sleep};

#[test]
fn a_writer_waits_for_the_reader_and_the_end_is_read_after_the_rest() {
    let runtime = runtime();
    runtime.block_on(async {
        let (mut writer, mut reader) = pipe::named("wire", 4);
        let writing = spawn(async move {
            writer.write_all(b"abcdefgh").await.unwrap();
            writer.close().await.unwrap();
            let late = writer.write(b"x").await.unwrap_err();
            assert_eq!(late.kind(), ErrorKind::BrokenPipe);
            now().as_nanos()
        });
        sleep(ms(10)).await;
        let mut buffer = [0; 3];
        assert_eq!(reader.read(&mut buffer).await.unwrap(), 3);
        assert_eq!(&buffer, b"abc");
        assert_eq!(reader.read(&mut []).await.unwrap(), 0);
        let mut rest = Vec::new();
        assert_eq!(reader.read_to_end(&mut rest).await.unwrap(), 5);
        assert_eq!(rest, b"defgh");
        assert_eq!(reader.read(&mut buffer).await.unwrap(), 0);
        assert_eq!(writing.await.unwrap(), 10_000_000);
    });
    let created = &events(&runtime, Kind::ResourceCreated)[0];
    assert_eq!(created.flags, ResourceKind::Pipe.code());
    let log = runtime.log();
    let sent: Vec<_> = events(&runtime, Kind::Sent)
        .into_iter()
        .map(|event| (log.text(event.low()).to_owned(), event.high()))
        .collect();
    assert_eq!(sent[0], ("4 B".to_owned(), 1));
    // At the end nothing is inside, as the reader has seen.
    let received = events(&runtime, Kind::Received);
    assert_eq!(received.last().unwrap().high(), 0);
    // A part of a piece leaves it inside.
    assert_eq!(received[0].high(), 1);
    for reason in [Reason::ChannelSend, Reason::ChannelReceive] {
        let count = |kind| {
            let events = events(&runtime, kind).into_iter();
            events.filter(|event| event.flags == reason.code()).count()
        };
        assert_eq!(count(Kind::WaitBegun), count(Kind::WaitEnded), "{reason:?}");
    }
}

#[test]
fn a_reader_that_goes_breaks_the_pipe() {
    let runtime = runtime();
    runtime.block_on(async {
        let (mut writer, reader) = pipe::pipe(2);
        let writing = spawn(async move { writer.write_all(b"abcd").await });
        yield_now().await;
        drop(reader);
        let error = writing.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        // A writer that goes while the reader waits.
        let (writer, mut reader) = pipe::pipe(2);
        let reading = spawn(async move { reader.read(&mut [0; 2]).await.unwrap() });
        yield_now().await;
        drop(writer);
        assert_eq!(reading.await.unwrap(), 0);
    });
    assert_eq!(events(&runtime, Kind::Discarded).len(), 1);
}

#[test]
fn each_end_of_a_duplex_reads_what_the_other_writes() {
    runtime().block_on(async {
        let (mut client, server) = pipe::duplex(3);
        let serving = spawn(async move {
            let (mut reader, mut writer) = server.into_split();
            let mut byte = [0];
            while reader.read(&mut byte).await.unwrap() > 0 {
                writer
                    .write_all(&[byte[0].to_ascii_uppercase()])
                    .await
                    .unwrap();
            }
        });
        for word in ["hello", "you"] {
            let (mut reader, mut writer) = (&mut client).split();
            let mut answer = vec![0; word.len()];
            let (written, read) = future::join(
                writer.write_all(word.as_bytes()),
                reader.read_exact(&mut answer),
            )
            .await;
            written.unwrap();
            read.unwrap();
            assert_eq!(answer, word.to_ascii_uppercase().as_bytes());
        }
        client.close().await.unwrap();
        serving.await.unwrap();
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    });
}

#[test]
fn a_read_or_write_that_is_dropped_has_taken_or_given_nothing() {
    runtime().block_on(async {
        let (mut writer, mut reader) = pipe::pipe(2);
        let mut buffer = [0; 2];
        let mut reading = ByHand::new(reader.read(&mut buffer));
        assert!(reading.poll().is_pending());
        drop(reading);
        writer.write_all(b"ab").await.unwrap();
        let mut writing = ByHand::new(writer.write(b"cd"));
        assert!(writing.poll().is_pending());
        drop(writing);
        drop(writer);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"ab");
    });
}

#[test]
fn a_stream_can_be_forwarded_into_every_kind_of_sender() {
    runtime().block_on(async {
        let numbers = || stream::iter(0..5).map(Ok);
        let (sender, receiver) = mpsc::channel(2);
        spawn(numbers().forward(sender));
        assert_eq!(receiver.collect::<Vec<_>>().await, [0, 1, 2, 3, 4]);

        let (sender, receiver) = mpsc::unbounded_channel();
        spawn(numbers().forward(sender));
        assert_eq!(receiver.collect::<Vec<_>>().await, [0, 1, 2, 3, 4]);

        let (sender, receiver) = mpmc::channel(2);
        spawn(numbers().forward(sender));
        assert_eq!(receiver.collect::<Vec<_>>().await, [0, 1, 2, 3, 4]);

        let (sender, receiver) = mpmc::unbounded_channel();
        spawn(numbers().forward(sender));
        assert_eq!(receiver.collect::<Vec<_>>().await, [0, 1, 2, 3, 4]);

        let (sender, receiver) = rendezvous::channel();
        spawn(async move {
            for number in 0..5 {
                sender.send(number).await.unwrap();
            }
        });
        assert_eq!(receiver.collect::<Vec<_>>().await, [0, 1, 2, 3, 4]);

        let (sender, receiver) = rendezvous::channel();
        spawn(async move {
            let mut numbers = stream::iter(0..5).map(Ok);
            let mut sender = sender;
            SinkExt::send_all(&mut sender, &mut numbers).await.unwrap();
        });
        assert_eq!(receiver.collect::<Vec<_>>().await, [0, 1, 2, 3, 4]);
    });
}

#[test]
fn room_that_a_sink_has_reserved_is_kept_and_given_back() {
    runtime().block_on(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let mut sink = sender.clone();
        future::poll_fn(|cx| Pin::new(&mut sink).poll_ready(cx))
            .await
            .unwrap();
        assert!(sender.try_send(1).is_err(), "the room is the sink's");
        drop(sink);
        sender.try_send(1).unwrap();
        // A sink that waits is dropped in line.
        let mut sink = sender.clone();
        let waiting = future::poll_fn(move |cx| Pin::new(&mut sink).poll_ready(cx));
        let mut waiting = ByHand::new(waiting);
        assert!(waiting.poll().is_pending());
        assert_eq!(receiver.recv().await, Some(1));
        assert!(waiting.is_woken());
        assert!(sender.try_send(2).is_err());
        drop(waiting);
        sender.try_send(2).unwrap();
    });
}

#[test]
fn a_closed_sink_does_not_keep_the_channel_open() {
    runtime().block_on(async {
        let (mut sender, mut receiver) = mpmc::channel(1);
        SinkExt::send(&mut sender, 1).await.unwrap();
        SinkExt::close(&mut sender).await.unwrap();
        SinkExt::close(&mut sender).await.unwrap();
        assert_eq!(StreamExt::next(&mut receiver).await, Some(1));
        assert_eq!(StreamExt::next(&mut receiver).await, None);
        let refused = future::poll_fn(|cx| Pin::new(&mut sender).poll_ready(cx)).await;
        assert!(refused.is_err());
        drop(sender);

        let (sender, receiver) = rendezvous::channel();
        let sender = Rc::new(std::cell::RefCell::new(sender));
        drop(receiver);
        let offered = Pin::new(&mut *sender.borrow_mut()).start_send(5);
        assert_eq!(offered.unwrap_err().0, 5);
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 128 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever the sizes of writes and reads, the bytes come out as they went in, and never more
    /// than fit are inside.
    #[test]
    fn bytes_come_out_as_they_went_in(
        writes in proptest::collection::vec(0_usize..20, 0..20),
        reads in proptest::collection::vec(1_usize..20, 1..20),
        capacity in 1_usize..12,
    ) {
        let runtime = runtime();
        let (given, taken) = runtime.block_on(async {
            let (mut writer, mut reader) = pipe::pipe(capacity);
            let given: Vec<u8> = (0..writes.iter().sum::<usize>()).map(|n| n as u8).collect();
            let all = given.clone();
            spawn(async move {
                let mut rest = &all[..];
                for write in writes {
                    let (part, after) = rest.split_at(write);
                    writer.write_all(part).await.unwrap();
                    rest = after;
                    yield_now().await;
                }
            });
            let mut taken = Vec::new();
            for read in reads.iter().cycle() {
                let mut buffer = vec![0; *read];
                let count = reader.read(&mut buffer).await.unwrap();
                assert!(count <= capacity);
                if count == 0 {
                    break;
                }
                taken.extend(&buffer[..count]);
            }
            (given, taken)
        });
        prop_assert_eq!(given, taken);
        if let Some(last) = events(&runtime, Kind::Received).last() {
            prop_assert_eq!(last.high(), 0);
        }
    }
}
