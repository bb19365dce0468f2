// A record that is void may be harmless: late, repeated, left over. It is a sign of damage when it
// continues events that its writer had read as valid, and we did not find.
#include "connectors/kafka/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/headers.hpp"

namespace daybook::kafka {

void Verifier::take(const RawRecord& raw) {
    ++report_.records;
    const auto incoming = kafka::incoming(raw.value, raw.headers, hasher_);
    if (!incoming) {
        ++report_.void_records;
        return;
    }
    const Record& record = incoming->record;
    const Tip before = rule_.tip();
    const std::uint64_t due = before.next + rule_.waiting();
    const Judgement judgement = rule_.judge(record);
    report_.void_records += judgement.voided;
    if (judgement.voided > 0) waiting_.clear();
    switch (judgement.verdict) {
        case Verdict::is_void:
            ++report_.void_records;
            if (record.position < due) ++report_.repeated;
            // Of a higher term: then its claim is missing, for nobody writes before reading his
            // own.
            if (record.term >= before.term && record.position >= due) doubt(raw.offset, record);
            return;
        case Verdict::fences:
            ++report_.fences;
            // Who claims has read everything: it cannot know of more than there is.
            if (record.position >= before.next) doubt(raw.offset, record);
            return;
        case Verdict::claims: ++report_.claims; break;
        case Verdict::waits:
        case Verdict::counts: break;
    }
    take_event(record, judgement.verdict);
}

void Verifier::take_event(const Record& record, Verdict verdict) {
    waiting_.push_back(record.leaf);
    if (verdict == Verdict::waits) return;
    for (const Hash& leaf : waiting_) commitment_.add(hasher_, leaf);
    waiting_.clear();
    // The history goes on: what was in doubt was left over from a writer that failed.
    doubt_.reset();
    DAYBOOK_ASSERT(commitment_.chain == rule_.tip().chain);
}

void Verifier::doubt(std::uint64_t offset, const Record& record) {
    if (doubt_) {
        ++doubt_->others;
        return;
    }
    const std::uint64_t due = rule_.tip().next + rule_.waiting();
    if (record.position > due) {
        doubt_ = Doubt{
            due,
            fmt::format(
                "is missing: the record at offset {} goes on with position {}",
                offset,
                record.position
            )};
        return;
    }
    if (record.prev != rule_.waiting_chain() && due > 0) {
        doubt_ = Doubt{
            due - 1,
            fmt::format(
                "is not what its writer put there: the record at offset {} was written after "
                "another event",
                offset
            )};
        return;
    }
    doubt_ = Doubt{due, fmt::format("does not fit its batch (offset {})", offset)};
}

Result<VerifyReport> Verifier::finish() {
    if (doubt_) {
        return Error{
            ErrorCode::corrupt,
            fmt::format(
                "the event at position {} {}; {} records after it continue nothing. Unless its "
                "writer failed just there and nobody has claimed the book since, the topic was "
                "altered",
                doubt_->position,
                doubt_->found,
                doubt_->others
            )};
    }
    report_.head = commitment_.head(hasher_);
    report_.term = rule_.tip().term;
    report_.unfinished = rule_.waiting();
    return report_;
}

Result<VerifyReport> verify_topic(
    const Place& place,
    const Settings& settings,
    std::chrono::milliseconds patience,
    const VerifyProgress& progress
) {
    DAYBOOK_TRY(const auto reader, TopicReader::open(place, settings, 0, patience));
    DAYBOOK_TRY(const std::uint64_t end, reader->ask_end(patience));
    Verifier verifier;
    Deadline silence{patience};
    while (reader->offset() < end) {
        const auto take = [&](const RawRecord& raw) -> Result<void> {
            if (raw.offset < end) verifier.take(raw);
            return {};
        };
        DAYBOOK_TRY(const auto records, reader->next(std::chrono::milliseconds{100}, take));
        if (records == 0 && silence.is_over()) {
            return Error{
                ErrorCode::unavailable,
                fmt::format(
                    "topic {}: nothing came after offset {} of {}",
                    place.topic(),
                    reader->offset(),
                    end
                )};
        }
        if (records > 0) silence = Deadline{patience};
        if (progress && !progress(std::min(reader->offset(), end), end)) {
            return Error{ErrorCode::busy, "the verification was interrupted"};
        }
    }
    return verifier.finish();
}

}  // namespace daybook::kafka
