//! The critical path.

use wakeline_timeline::critical_path::CriticalPath;
use wakeline_timeline::json::Json;
use wakeline_timeline::log::Log;

/// The most stretches that are told: more than a screen has pixels.
const MOST: usize = 10_000;

pub(super) fn write(json: &mut Json, log: &Log) {
    let path = CriticalPath::of(log);
    json.object(|json| {
        json.field("begin").number(path.begin);
        json.field("end").number(path.end);
        json.field("segments").array(|json| {
            for segment in path.condensed(MOST) {
                json.object(|json| {
                    json.field("task").number(segment.task.into());
                    json.field("from").number(segment.from);
                    json.field("to").number(segment.to);
                    json.field("first").number(segment.first.into());
                    json.field("last").number(segment.last.into());
                    json.field("reason").text(segment.reason.name());
                    if segment.resource != 0 {
                        json.field("resource").number(segment.resource.into());
                    }
                });
            }
        });
        json.field("totals").array(|json| {
            for total in path.totals() {
                json.object(|json| {
                    json.field("reason").text(total.reason.name());
                    json.field("ns").number(total.time);
                    // A part of one, in millionths.
                    let all = u128::from((path.end - path.begin).max(1));
                    let share = u128::from(total.time) * 1_000_000 / all;
                    json.field("share").millionths(share as u64);
                });
            }
        });
    });
}
