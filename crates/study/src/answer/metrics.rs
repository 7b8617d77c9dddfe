//! A run in figures.

use wakeline_timeline::json::Json;
use wakeline_timeline::log::Log;
use wakeline_timeline::metrics::{Metrics, ResourceFigures, SeriesKind, TaskFigures, Totals};

pub(super) fn write(json: &mut Json, log: &Log) {
    let metrics = Metrics::of(log);
    json.object(|json| {
        json.field("series").array(|json| {
            for series in &metrics.series {
                json.object(|json| {
                    json.field("name").text(series.kind.name());
                    if let SeriesKind::Occupancy(resource) = series.kind {
                        json.field("resource").number(resource.into());
                    }
                    json.field("points")
                        .array(|json| pairs(json, &series.points));
                    json.field("max").number(series.max);
                });
            }
        });
        let waiting = &metrics.waiting;
        json.field("waiting").object(|json| {
            json.field("buckets")
                .array(|json| pairs(json, &waiting.buckets));
            numbers(
                json,
                &[
                    ("p50", waiting.p50),
                    ("p95", waiting.p95),
                    ("p99", waiting.p99),
                    ("max", waiting.max),
                ],
            );
        });
        json.field("tasks").array(|json| {
            metrics.tasks.iter().for_each(|figures| task(json, figures));
        });
        json.field("resources").array(|json| {
            let resources = metrics.resources.iter();
            resources.for_each(|figures| resource(json, figures));
        });
        json.field("totals");
        totals(json, &metrics.totals);
    });
}

fn numbers(json: &mut Json, fields: &[(&str, u64)]) {
    for (name, number) in fields {
        json.field(name).number(*number);
    }
}

fn pairs(json: &mut Json, pairs: &[(u64, u64)]) {
    for (first, second) in pairs {
        json.array(|json| {
            json.number(*first);
            json.number(*second);
        });
    }
}

fn task(json: &mut Json, figures: &TaskFigures) {
    let fields = [
        ("task", figures.task.into()),
        ("polls", figures.polls),
        ("running_ns", figures.running_ns),
        ("ready_ns", figures.ready_ns),
        ("waiting_ns", figures.waiting_ns),
        ("sleeping_ns", figures.sleeping_ns),
        ("wakes", figures.wakes),
        ("spurious", figures.spurious),
        ("longest_wait_ns", figures.longest_wait_ns),
    ];
    json.object(|json| numbers(json, &fields));
}

fn resource(json: &mut Json, figures: &ResourceFigures) {
    let fields = [
        ("resource", figures.resource.into()),
        ("operations", figures.operations),
        ("waits", figures.waits),
        ("waited_ns", figures.waited_ns),
        ("longest_wait_ns", figures.longest_wait_ns),
        ("max_occupancy", figures.max_occupancy),
    ];
    json.object(|json| numbers(json, &fields));
}

pub(super) fn totals(json: &mut Json, totals: &Totals) {
    let fields = [
        ("begin_ns", totals.begin_ns),
        ("end_ns", totals.end_ns),
        ("events", totals.events),
        ("tasks", totals.tasks),
        ("polls", totals.polls),
        ("failed", totals.failed),
        ("wakes", totals.wakes),
        ("spurious", totals.spurious),
        ("messages", totals.messages),
        ("waiting_ns", totals.waiting_ns),
    ];
    json.object(|json| {
        numbers(json, &fields);
        json.field("throughput")
            .thousandths(totals.throughput_thousandths);
        json.field("unit").text(totals.unit.name());
    });
}
