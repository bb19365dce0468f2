// One record after the other: compare, judge, keep; then the copy; then those who wait.
#include "connectors/kafka/tailer.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>

namespace daybook::kafka {
namespace {

constexpr std::chrono::milliseconds read_wait{100};
constexpr std::chrono::milliseconds disk_full_wait{500};
constexpr std::chrono::seconds save_every{2};
// How long the topic may seem to end before the copy does: a new leader may not know its end yet.
constexpr std::chrono::seconds behind_patience{10};
// One append to the copy has about so many bytes while the topic is read from far behind.
constexpr std::size_t flush_bytes = std::size_t{4} << 20;

Result<EventBytes> event_at(
    const Log& log, std::uint64_t position, std::unique_ptr<LogReader>& hold
) {
    DAYBOOK_TRY(hold, log.read(position));
    DAYBOOK_TRY(const auto events, hold->next());
    DAYBOOK_ASSERT(!events.empty());
    return events.front();
}

std::string at_url(const std::string& url) {
    return url.empty() ? std::string{} : fmt::format(" at {}", url);
}

}  // namespace

// ---- Events in memory ---------------------------------------------------------------------------

void EventArena::add(std::span<const std::byte> event) {
    const std::size_t begin = words_.size();
    words_.resize(begin + (event.size() + 7) / 8);
    std::memcpy(words_.data() + begin, event.data(), event.size());
    places_.push_back({begin, event.size()});
}

void EventArena::drop_last(std::size_t count) {
    DAYBOOK_ASSERT(count <= places_.size());
    if (count == 0) return;
    words_.resize(places_[places_.size() - count].word);
    places_.resize(places_.size() - count);
}

void EventArena::drop_first(std::size_t count) {
    DAYBOOK_ASSERT(count <= places_.size());
    if (count == places_.size()) {
        words_.clear();
        places_.clear();
        return;
    }
    const std::size_t moved = places_[count].word;
    words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(moved));
    places_.erase(places_.begin(), places_.begin() + static_cast<std::ptrdiff_t>(count));
    for (Place& place : places_) place.word -= moved;
}

std::span<const EventBytes> EventArena::first(std::size_t count) {
    DAYBOOK_ASSERT(count <= places_.size());
    views_.clear();
    for (std::size_t index = 0; index < count; ++index) {
        const auto* bytes = reinterpret_cast<const std::byte*>(words_.data() + places_[index].word);
        views_.emplace_back(bytes, places_[index].bytes);
    }
    return views_;
}

// ---- Beginning ----------------------------------------------------------------------------------

std::uint64_t Tailer::first_offset(const std::optional<Origin>& origin) {
    if (!origin) return 0;
    // One record before, to see that it is still the same topic.
    return origin->last ? origin->offset - 1 : origin->offset;
}

Result<std::unique_ptr<Tailer>> Tailer::start(
    const TailerParts& parts,
    std::unique_ptr<TopicReader> reader,
    const std::optional<Origin>& origin
) {
    auto tailer = std::make_unique<Tailer>(parts, std::move(reader));
    DAYBOOK_TRY_VOID(tailer->look_at_copy());
    if (origin) DAYBOOK_TRY_VOID(tailer->resume_from(*origin));
    tailer->next_.is_confirmed = !tailer->last_of_origin_;
    tailer->state_ = tailer->next_;
    tailer->thread_ = std::thread{[raw = tailer.get()] { raw->run(); }};
    return tailer;
}

Tailer::Tailer(const TailerParts& parts, std::unique_ptr<TopicReader> reader)
    : parts_(parts),
      reader_(std::move(reader)),
      rule_({}, parts.guard),
      copy_end_(parts.copy.end()) {
    safe_.place = parts.place;
    safe_.cluster = parts.cluster;
}

Tailer::~Tailer() {
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

Result<void> Tailer::look_at_copy() {
    if (copy_end_ == 0) return {};
    std::unique_ptr<LogReader> hold;
    DAYBOOK_TRY(const EventBytes first, event_at(parts_.copy, 0, hold));
    next_.genesis = hasher_.chain(Hash{}, hasher_.leaf(first));
    DAYBOOK_TRY(const EventBytes last, event_at(parts_.copy, copy_end_ - 1, hold));
    next_.recorded_at = Instant::from_nanos(header_of(last).recorded_at().nanos());
    return {};
}

Result<void> Tailer::resume_from(const Origin& origin) {
    if (origin.cluster != parts_.cluster) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "the copy in {} was read in the Kafka cluster {}, and this one is {}: take another "
                "folder",
                parts_.folder,
                origin.cluster,
                parts_.cluster
            )};
    }
    if (origin.tip.next > copy_end_) {
        return Error{
            ErrorCode::corrupt,
            fmt::format(
                "the copy in {} ends at position {}, but was read up to {}: remove it, and it is "
                "made anew",
                parts_.folder,
                copy_end_,
                origin.tip.next
            )};
    }
    safe_ = origin;
    safe_.place = parts_.place;
    rule_ = Rule{origin.tip, parts_.guard};
    last_of_origin_ = origin.last;
    next_.tip = origin.tip;
    next_.offset = origin.offset;
    if (origin.claim && *origin.claim < copy_end_) {
        std::unique_ptr<LogReader> hold;
        DAYBOOK_TRY(const EventBytes event, event_at(parts_.copy, *origin.claim, hold));
        const auto words = claim_words(event);
        if (words) next_.newest_claim = SeenClaim{*words, *origin.claim};
    }
    return compare_with_copy();
}

// ---- The thread ---------------------------------------------------------------------------------

void Tailer::run() {
    while (true) {
        {
            const std::scoped_lock lock{mutex_};
            if (is_stopping_) break;
        }
        auto records = reader_->next(read_wait);
        if (!records.ok()) return fail(std::move(records).error());
        auto taken = take(records.value());
        if (!taken.ok()) return fail(std::move(taken).error());
        save_origin(false);
    }
    save_origin(true);
}

Result<void> Tailer::take(std::span<const RawRecord> records) {
    {
        // What is expected was said before it was sent, so before any of these records came.
        const std::scoped_lock lock{mutex_};
        expected_ = expectation_.value_or(Expectation{});
        watched_ = watched_nonce_;
    }
    for (const RawRecord& raw : records) {
        DAYBOOK_TRY_VOID(take_one(raw));
        next_.offset = raw.offset + 1;
        // Far behind, the copy takes large groups; near the end, whatever there is.
        if (arena_.bytes() >= flush_bytes) DAYBOOK_TRY_VOID(flush(counted_));
    }
    const bool is_far_behind = records.size() >= TopicReader::records_max;
    if (is_far_behind && arena_.bytes() < flush_bytes && expected_.end == 0) return {};
    DAYBOOK_TRY_VOID(flush(counted_));
    next_.end_offset = reader_->end_offset();
    DAYBOOK_TRY_VOID(check_not_behind_copy());
    const bool is_behind = next_.end_offset > next_.offset;
    next_.lag =
        is_behind ? std::chrono::nanoseconds{parts_.clock.now().nanos() - next_.recorded_at.nanos()}
                  : std::chrono::nanoseconds{};
    publish();
    return {};
}

Result<void> Tailer::take_one(const RawRecord& raw) {
    if (last_of_origin_) return check_last_record(raw);
    const auto incoming = kafka::incoming(raw.value, raw.headers, hasher_);
    if (!incoming) {
        ++next_.void_records;
        return {};
    }
    const Judgement judgement = rule_.judge(incoming->record);
    next_.void_records += judgement.voided;
    if (judgement.voided > 0) {
        const std::size_t waited = arena_.count() - counted_;
        DAYBOOK_ASSERT(waited <= judgement.voided);
        arena_.drop_last(waited);
    }
    if (judgement.verdict == Verdict::is_void) {
        note_void(incoming->record);
    } else {
        DAYBOOK_TRY_VOID(keep(*incoming, judgement.verdict));
    }
    if (incoming->record.is_claim) DAYBOOK_TRY_VOID(note_claim(*incoming, judgement.verdict));
    next_.tip = rule_.tip();
    next_.waiting = rule_.waiting();
    next_.waiting_chain = rule_.waiting_chain();
    if (rule_.waiting() != 0) return {};
    safe_.offset = raw.offset + 1;
    safe_.tip = next_.tip;
    safe_.last = incoming->record.leaf;
    return {};
}

// The record that the copy was last read to: if it is another one, so is the topic.
Result<void> Tailer::check_last_record(const RawRecord& raw) {
    const bool is_same =
        raw.offset + 1 == safe_.offset && hasher_.leaf(raw.value) == *last_of_origin_;
    last_of_origin_.reset();
    next_.is_confirmed = is_same;
    if (is_same) return {};
    return Error{
        ErrorCode::corrupt,
        fmt::format(
            "topic {} does not hold at offset {} what the copy in {} was read from: it is another "
            "topic of the same name, or was damaged",
            parts_.topic,
            safe_.offset - 1,
            parts_.folder
        )};
}

void Tailer::note_void(const Record& record) {
    ++next_.void_records;
    // A record of an old group that came once more is nobody's concern; one of the group that we
    // wait for is.
    const bool is_ours = expected_.end != 0 && record.term == expected_.term &&
                         record.position >= expected_.first && record.position < expected_.end;
    if (!is_ours || missed_ || is_met_) return;
    missed_ = Error{
        ErrorCode::io,
        fmt::format(
            "topic {}: our record at position {} in term {} is void: the next position was {} in "
            "term {}",
            parts_.topic,
            record.position,
            record.term,
            rule_.tip().next + rule_.waiting(),
            rule_.tip().term
        )};
}

Result<void> Tailer::keep(const Incoming& incoming, Verdict verdict) {
    const Record& record = incoming.record;
    if (verdict == Verdict::fences) return {};
    if (record.position >= copy_end_) arena_.add(incoming.event);
    if (verdict == Verdict::waits) return {};
    // A batch may be as large as a group can be: what came before it goes first.
    const std::size_t batch = arena_.count() - counted_;
    if (counted_ > 0 && counted_ + batch > group_events_max / 4) DAYBOOK_TRY_VOID(flush(counted_));
    counted_ = arena_.count();
    if (!next_.genesis) {
        const auto events = arena_.first(1);
        DAYBOOK_ASSERT(header_of(events.front()).position() == 0);
        next_.genesis = hasher_.chain(Hash{}, hasher_.leaf(events.front()));
    }
    std::array<std::byte, sizeof(EventHeader)> header;
    std::memcpy(header.data(), incoming.event.data(), header.size());
    next_.recorded_at =
        Instant::from_nanos(std::bit_cast<EventHeader>(header).recorded_at().nanos());
    DAYBOOK_TRY_VOID(compare_with_copy());
    if (expected_.end != 0 && rule_.tip().next == expected_.end) {
        is_met_ = rule_.tip().chain == expected_.chain;
    }
    return {};
}

// A claim may be another node's, ours, or a sign that this is not our book at all.
Result<void> Tailer::note_claim(const Incoming& incoming, Verdict verdict) {
    const auto words = claim_words(incoming.event);
    DAYBOOK_ASSERT(words.has_value());
    if (words->nonce == watched_ && !watched_.is_none()) claim_verdict_ = verdict;
    if (verdict == Verdict::fences) ++next_.fences;
    if (verdict != Verdict::claims) return {};
    if (expected_.end != 0 && !is_met_ && !missed_ && words->term > expected_.term) {
        missed_ = Error{
            ErrorCode::io,
            fmt::format(
                "topic {}: node {}{} has claimed term {} at position {} before our group was read",
                parts_.topic,
                to_string(words->node),
                at_url(words->url),
                words->term,
                incoming.record.position
            )};
    }
    next_.newest_claim = SeenClaim{*words, incoming.record.position};
    safe_.claim = incoming.record.position;
    if (!incoming.is_copied && safe_.pinned.empty()) safe_.pinned = words->cluster;
    if (!incoming.is_copied && words->cluster != parts_.cluster) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "topic {} is a mirror: the claim at position {} was made in the Kafka cluster {}, "
                "and this one is {}",
                parts_.topic,
                incoming.record.position,
                words->cluster,
                parts_.cluster
            )};
    }
    const bool is_first = incoming.record.position == 0;
    const std::string genesis = next_.genesis ? hex(*next_.genesis) : std::string{};
    if (is_first ? words->genesis.empty() : words->genesis == genesis) return {};
    return Error{
        ErrorCode::conflict,
        fmt::format(
            "topic {}: the claim at position {} belongs to a book that begins with {}, and this "
            "one begins with {}",
            parts_.topic,
            incoming.record.position,
            words->genesis,
            genesis
        )};
}

// Where the copy ended when we began, topic and copy must have the same history.
Result<void> Tailer::compare_with_copy() {
    if (copy_end_ == 0 || rule_.tip().next < copy_end_) return {};
    if (rule_.tip().next > copy_end_) return {};
    if (rule_.tip().chain == parts_.copy.head().chain) return {};
    return Error{
        ErrorCode::corrupt,
        fmt::format(
            "the copy in {} and topic {} have different histories before position {}: it is "
            "another "
            "book, or one of them was altered",
            parts_.folder,
            parts_.topic,
            copy_end_
        )};
}

Result<void> Tailer::check_not_behind_copy() {
    const bool is_behind = reader_->is_at_end() && rule_.tip().next < copy_end_;
    if (!is_behind) {
        behind_since_.reset();
        return {};
    }
    const auto now = parts_.clock.elapsed();
    if (!behind_since_) behind_since_ = now;
    if (now - *behind_since_ < behind_patience) return {};
    return Error{
        ErrorCode::corrupt,
        fmt::format(
            "topic {} ends at position {}, but the copy in {} holds {} events: records were lost",
            parts_.topic,
            rule_.tip().next,
            parts_.folder,
            copy_end_
        )};
}

Result<void> Tailer::flush(std::size_t count) {
    if (count == 0) return {};
    DAYBOOK_TRY_VOID(append_to_copy(arena_.first(count)));
    arena_.drop_first(count);
    counted_ -= count;
    return {};
}

// A full disk stops nobody for good: the topic keeps what the copy has no room for.
Result<void> Tailer::append_to_copy(std::span<const EventBytes> events) {
    while (true) {
        auto appended = parts_.copy.append(events);
        if (appended.ok() || appended.error().code != ErrorCode::disk_full) return appended;
        std::unique_lock lock{mutex_};
        if (changed_.wait_for(lock, disk_full_wait, [this] { return is_stopping_; })) {
            return appended;
        }
        lock.unlock();
        (void)parts_.copy.resume();
    }
}

void Tailer::publish() {
    const std::scoped_lock lock{mutex_};
    state_ = next_;
    is_expectation_met_ |= is_met_;
    if (!is_expectation_met_ && missed_) expectation_missed_ = missed_;
    if (claim_verdict_) watched_verdict_ = claim_verdict_;
    is_met_ = false;
    missed_.reset();
    claim_verdict_.reset();
    changed_.notify_all();
}

void Tailer::save_origin(bool is_last) {
    const auto now = parts_.clock.elapsed();
    if (safe_.offset == saved_offset_ || (!is_last && now - saved_at_ < save_every)) return;
    // The copy must hold everything before it, which it does when nothing of the arena counts.
    if (counted_ != 0) return;
    saved_at_ = now;
    // It only saves time: without it the topic is read from the beginning.
    if (store_origin(parts_.files, parts_.folder, safe_).ok()) saved_offset_ = safe_.offset;
}

void Tailer::fail(Error error) {
    const std::scoped_lock lock{mutex_};
    state_.failure = std::move(error);
    changed_.notify_all();
}

// ---- Those who wait -----------------------------------------------------------------------------

TailState Tailer::state() const {
    const std::scoped_lock lock{mutex_};
    return state_;
}

Result<void> Tailer::wait_for_offset(std::uint64_t offset, std::chrono::milliseconds patience)
    const {
    std::unique_lock lock{mutex_};
    const auto is_there = [&] { return state_.is_confirmed && state_.offset >= offset; };
    changed_.wait_for(lock, patience, [&] { return is_there() || state_.failure.has_value(); });
    if (state_.failure) return *state_.failure;
    if (is_there()) return {};
    return Error{
        ErrorCode::unavailable,
        fmt::format(
            "topic {} was read to offset {} of {} within {} ms",
            parts_.topic,
            state_.offset,
            offset,
            patience.count()
        )};
}

Result<void> Tailer::catch_up(std::chrono::milliseconds patience) const {
    if (const auto failed = state().failure) return *failed;
    DAYBOOK_TRY(const std::uint64_t end, reader_->ask_end(patience));
    return wait_for_offset(end, patience);
}

void Tailer::expect(const Expectation& expectation) {
    const std::scoped_lock lock{mutex_};
    expectation_ = expectation;
    is_expectation_met_ = false;
    expectation_missed_.reset();
}

Result<void> Tailer::wait_for_group(std::chrono::milliseconds patience) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] {
        return is_expectation_met_ || expectation_missed_ || state_.failure;
    });
    if (is_expectation_met_) return {};
    if (expectation_missed_) return *expectation_missed_;
    if (state_.failure) return *state_.failure;
    return Error{
        ErrorCode::io,
        fmt::format(
            "topic {}: our group was confirmed, but not read back within {} ms",
            parts_.topic,
            patience.count()
        )};
}

void Tailer::watch_claim(const Id& nonce) {
    const std::scoped_lock lock{mutex_};
    watched_nonce_ = nonce;
    watched_verdict_.reset();
}

Result<Verdict> Tailer::wait_for_claim(std::chrono::milliseconds patience) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] {
        return watched_verdict_.has_value() || state_.failure.has_value();
    });
    if (watched_verdict_) return *watched_verdict_;
    if (state_.failure) return *state_.failure;
    return Error{
        ErrorCode::unavailable,
        fmt::format(
            "topic {}: our claim was not read back within {} ms", parts_.topic, patience.count()
        )};
}

}  // namespace daybook::kafka
